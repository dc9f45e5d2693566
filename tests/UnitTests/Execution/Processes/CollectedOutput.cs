using System.Text;
using Orchestrator.Agents;

namespace Orchestrator.UnitTests.Execution.Processes;

/// <summary>Keeps what a process prints, up to a limit, and counts all of it.</summary>
internal sealed class CollectedOutput : IAgentOutput
{
    private const int Most = 1 << 20;
    private readonly Lock gate = new();
    private readonly MemoryStream output = new();
    private readonly MemoryStream error = new();

    public string Output => Text(output);

    public string Error => Text(error);

    public long Bytes { get; private set; }

    public int LongestPiece { get; private set; }

    public void OnStandardOutput(ReadOnlySpan<byte> piece) => Add(output, piece);

    public void OnStandardError(ReadOnlySpan<byte> piece) => Add(error, piece);

    private string Text(MemoryStream stream)
    {
        lock (gate)
            return Encoding.UTF8.GetString(stream.ToArray());
    }

    private void Add(MemoryStream stream, ReadOnlySpan<byte> piece)
    {
        lock (gate)
        {
            Bytes += piece.Length;
            LongestPiece = Math.Max(LongestPiece, piece.Length);
            if (stream.Length < Most)
                stream.Write(piece);
        }
    }
}
