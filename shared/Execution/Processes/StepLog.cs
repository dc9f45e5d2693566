using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Orchestrator.Agents;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Execution.Processes;

/// <summary>
/// A step's log: cleaned, without secrets, bounded, written in batches by one pump. Writers never wait for the stream. Of a log over its limit the beginning and the end are
/// kept, with a line between that says how much is gone.
/// </summary>
public sealed class StepLog : IAgentLog, IAsyncDisposable
{
    private const int LongestChunk = 64 * 1024;

    private readonly Stream _stream;
    private readonly ProcessesOptions _options;
    private readonly KnownSecrets _secrets;
    private readonly Action<long, string>? _onChunk;
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _pump;
    private readonly StringBuilder _tail = new();
    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _writing = new();
    private long _accepted;
    private long _beyond;
    private long _written;
    private bool _full;
    private bool _closed;

    /// <summary>Starts a log.</summary>
    /// <param name="stream">Where it goes; closed with the log.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Clock of the flush interval.</param>
    /// <param name="secrets">What must not be in it.</param>
    /// <param name="onChunk">Gets every piece and its byte offset once it is in the stream; must not block.</param>
    public StepLog(Stream stream, ProcessesOptions options, TimeProvider time, KnownSecrets secrets, Action<long, string>? onChunk = null)
    {
        _stream = stream;
        _options = options;
        _secrets = secrets;
        _onChunk = onChunk;
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, options.LogFlushInterval, options.LogFlushInterval);
        _pump = PumpAsync();
    }

    /// <inheritdoc />
    public void WriteLine(string line) => Add(SecretRules.Default.Mask(_secrets.Clean(TextCleaner.Clean(line)) + "\n"));

    /// <summary>Writes out what is left and closes the stream.</summary>
    /// <exception cref="IOException">The stream failed, now or earlier; what it did not take is lost.</exception>
    public async Task<StepLogEnd> CompleteAsync()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                AddTail();
                _closed = true;
            }
        }

        await _timer.DisposeAsync();
        _wake.Writer.TryComplete();
        await _pump;
        return new StepLogEnd(_written, Math.Max(0, _beyond));
    }

    /// <summary>The same, without the fault of the stream: who disposes is about to return something else.</summary>
    public async ValueTask DisposeAsync() => await ((Task)CompleteAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>For one stream of text that goes to this log.</summary>
    internal StreamRedactor NewRedactor() => _secrets.NewForText();

    /// <summary>Adds text as it is: clean and without secrets.</summary>
    internal void Add(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            if (_closed || text.IsEmpty)
                return;
            var bytes = Encoding.UTF8.GetByteCount(text);
            if (!_full && _accepted + bytes <= _options.LogMaxBytes)
            {
                Accept(text);
                return;
            }

            _full = true;
            _beyond += bytes;
            KeepTail(text);
        }
    }

    private void Accept(ReadOnlySpan<char> text)
    {
        _accepted += Encoding.UTF8.GetBytes(text, _pending);
        if (_pending.WrittenCount >= _options.LogFlushBytes)
            _wake.Writer.TryWrite(true);
    }

    private void KeepTail(ReadOnlySpan<char> text)
    {
        var longest = _options.LogTailCharacters;
        _tail.Append(text.Length > longest ? text[^longest..] : text);
        // Twice the length before cutting: each character is moved about once.
        if (_tail.Length > 2 * longest)
            _tail.Remove(0, _tail.Length - longest);
    }

    private void AddTail()
    {
        if (!_full)
            return;
        if (_tail.Length > _options.LogTailCharacters)
            _tail.Remove(0, _tail.Length - _options.LogTailCharacters);
        var tail = _tail.ToString();
        // Half a character or half a line is no good beginning.
        var start = tail.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end && end < tail.Length - 1 && _beyond > tail.Length
            ? end + 1
            : tail.Length > 0 && char.IsLowSurrogate(tail[0]) ? 1 : 0;
        tail = tail[start..];
        _beyond -= Encoding.UTF8.GetByteCount(tail);
        Accept(string.Create(CultureInfo.InvariantCulture, $"\n[log truncated: {_beyond} bytes left out]\n"));
        Accept(tail);
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync())
                await FlushAsync();
            await FlushAsync();
        }
        finally
        {
            lock (_gate)
            {
                // A stream that failed takes no more, and memory must not fill up instead.
                _closed = true;
                _pending.Clear();
            }

            await _stream.DisposeAsync();
        }
    }

    private async Task FlushAsync()
    {
        lock (_gate)
        {
            if (_pending.WrittenCount == 0)
                return;
            (_pending, _writing) = (_writing, _pending);
        }

        await _stream.WriteAsync(_writing.WrittenMemory);
        await _stream.FlushAsync();
        Report(_writing.WrittenSpan);
        // A burst is not kept as an empty buffer for the rest of the step.
        if (_writing.Capacity > 4 * LongestChunk)
            _writing = new ArrayBufferWriter<byte>();
        else
            _writing.ResetWrittenCount();
    }

    private void Report(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, LongestChunk);
            // Not inside a character: continuation bytes are 10xxxxxx.
            while (count < bytes.Length && (bytes[count] & 0xC0) == 0x80)
                count--;
            Show(Encoding.UTF8.GetString(bytes[..count]));
            _written += count;
            bytes = bytes[count..];
        }
    }

    private void Show(string text)
    {
        try
        {
            _onChunk?.Invoke(_written, text);
        }
        catch
        {
            // Live pieces are best effort; the stream is the log.
        }
    }
}

/// <summary>What became of a log.</summary>
/// <param name="Bytes">Length in the stream.</param>
/// <param name="LeftOut">Bytes of text that were left out between beginning and end.</param>
public sealed record StepLogEnd(long Bytes, long LeftOut);
