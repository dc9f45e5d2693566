using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Agents.Launches;

/// <summary>Reads what a CLI prints: JSON lines as events, everything else into the log. Keeps no more than a line and the end of the error output.</summary>
internal sealed class CliOutput : IAgentOutput
{
    private const int LongestErrorLine = 64 * 1024;
    private const int LongestTail = 8 * 1024;

    private readonly ICliReader _reader;
    private readonly IAgentLog _log;
    private readonly LineSplitter _output;
    private readonly LineSplitter _error;
    private readonly StringBuilder _tail = new();

    /// <summary>Creates it.</summary>
    public CliOutput(ICliReader reader, IAgentLog log, int longestLine)
    {
        _reader = reader;
        _log = log;
        _output = new LineSplitter(longestLine, OnLine, OnDropped);
        _error = new LineSplitter(LongestErrorLine, OnErrorLine, OnDropped);
    }

    /// <summary>The end of the error output, and of output that is no JSON.</summary>
    public string Tail => _tail.ToString().Trim();

    /// <inheritdoc />
    public void OnStandardOutput(ReadOnlySpan<byte> piece) => _output.Add(piece);

    /// <inheritdoc />
    public void OnStandardError(ReadOnlySpan<byte> piece) => _error.Add(piece);

    /// <summary>Reads last lines that were not ended.</summary>
    public void Finish()
    {
        _output.Finish();
        _error.Finish();
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        JsonDocument? document = null;
        try
        {
            if (line[0] == (byte)'{')
                document = JsonDocument.Parse(line.ToArray());
        }
        catch (JsonException)
        {
            // A line of the program's own words that looks like JSON.
        }

        using (document)
        {
            if (document is null)
                AddWords(Encoding.UTF8.GetString(line));
            else
                Read(document.RootElement);
        }
    }

    private void Read(JsonElement element)
    {
        try
        {
            _reader.OnEvent(element);
        }
        catch (InvalidOperationException)
        {
            // A string with half a surrogate pair cannot be read; the event is lost, the run is not.
            _log.WriteLine("[an event of the agent could not be read]");
        }
    }

    private void OnErrorLine(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        _reader.OnErrorLine(text);
        AddWords(text);
    }

    private void OnDropped(long bytes) =>
        _log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[a line of {bytes} bytes was left out]"));

    private void AddWords(string text)
    {
        _log.WriteLine(text);
        _tail.AppendLine(text);
        if (_tail.Length > 2 * LongestTail)
            _tail.Remove(0, _tail.Length - LongestTail);
    }
}

/// <summary>Understands the events of one CLI.</summary>
internal interface ICliReader
{
    /// <summary>A JSON object of standard output.</summary>
    void OnEvent(JsonElement element);

    /// <summary>A line of the error output.</summary>
    void OnErrorLine(string line);
}
