using System.Text;
using Orchestrator.Agents;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Execution.Processes;

/// <summary>Writes what a process prints to a step's log, whole lines of both streams in the order in which they end; over-long lines in pieces. A secret is found although the other stream writes between its parts.</summary>
public sealed class StepLogOutput(StepLog log) : IAgentOutput
{
    private readonly LinePump _output = new(log);
    private readonly LinePump _error = new(log);

    /// <inheritdoc />
    public void OnStandardOutput(ReadOnlySpan<byte> piece) => _output.Add(piece);

    /// <inheritdoc />
    public void OnStandardError(ReadOnlySpan<byte> piece) => _error.Add(piece);

    /// <summary>Writes out last lines that were not ended; to be called after the run.</summary>
    public void Finish()
    {
        _output.Finish();
        _error.Finish();
    }

    private sealed class LinePump(StepLog log)
    {
        private const int LongestWait = 16 * 1024;
        private readonly TextCleaner _cleaner = new();
        private readonly StreamRedactor _redactor = log.NewRedactor();
        private readonly LineMask _mask = new(SecretRules.Default);
        private readonly StringBuilder _printed = new();
        private readonly StringBuilder _text = new();

        public void Add(ReadOnlySpan<byte> piece)
        {
            _cleaner.Append(piece, _printed);
            Redact();
            var text = _text.ToString();
            var end = text.LastIndexOf('\n') + 1;
            if (end == 0 && text.Length < LongestWait)
                return;
            if (end == 0)
                end = LineMask.Cut(text);
            log.Add(_mask.Mask(text[..end]));
            _text.Clear().Append(text, end, text.Length - end);
        }

        public void Finish()
        {
            _cleaner.Finish(_printed);
            Redact();
            _text.Append(_redactor.Finish());
            if (_text.Length > 0)
                log.Add(_mask.Mask(_text.Append('\n').ToString()));
            _text.Clear();
        }

        private void Redact()
        {
            foreach (var chunk in _printed.GetChunks())
                _text.Append(_redactor.Write(chunk.Span));
            _printed.Clear();
        }
    }
}
