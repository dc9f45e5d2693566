using System.Buffers;

namespace Orchestrator.Execution.Redaction;

/// <summary>
/// Takes known secrets out of a text that comes in pieces, whatever their borders. Each piece is given out at once but for an end that may still become
/// a secret; so there is nothing to flush. One mask stands for secrets that overlap; everything else is as it was. Not thread-safe.
/// </summary>
/// <param name="patterns">What is looked for now: secrets change.</param>
public sealed class StreamRedactor(Func<SecretPatterns> patterns)
{
    /// <summary>What stands where a secret was.</summary>
    public const string Mask = "[redacted]";

    private readonly ArrayBufferWriter<char> _clean = new();
    private char[] _buffer = [];
    private int _start;
    private int _end;
    private int _masked;

    /// <summary>Characters that are held back; fewer than the longest text that is looked for has.</summary>
    public int Held => _end - _start;

    /// <summary>Takes secrets out of a whole text. A beginning of a secret at its end is masked from <see cref="SecretEncodings.Shortest"/> characters on: the text may have been cut.</summary>
    public static string Clean(SecretPatterns patterns, string text)
    {
        if (patterns.FindStart(text, 0) > text.Length - SecretEncodings.Shortest)
            return text;
        var clean = new StreamRedactor(() => patterns).Take(text, isEnd: true);
        return clean.Length == text.Length && clean.Overlaps(text) ? text : clean.ToString();
    }

    /// <summary>Adds a piece.</summary>
    /// <returns>What can be given out; a part of the piece itself where nothing is to be done. Valid until the next call.</returns>
    public ReadOnlySpan<char> Write(ReadOnlySpan<char> piece) => Take(piece, isEnd: false);

    /// <summary>Ends the text: a held beginning of a secret is masked from <see cref="SecretEncodings.Shortest"/> characters on.</summary>
    /// <returns>The rest. Valid until the next call.</returns>
    public ReadOnlySpan<char> Finish() => Take([], isEnd: true);

    private ReadOnlySpan<char> Take(ReadOnlySpan<char> piece, bool isEnd)
    {
        var wasHeld = Held > 0;
        if (wasHeld)
            Append(piece);
        var text = wasHeld ? _buffer.AsSpan(0, _end) : piece;
        var clean = Scan(patterns(), text, isEnd, out var held);
        if (wasHeld)
            _start = held;
        else
            Keep(text[held..]);
        return clean;
    }

    /// <summary>Looks at each place once, in order; stops at the first of which the end of the text does not let one know.</summary>
    private ReadOnlySpan<char> Scan(SecretPatterns set, ReadOnlySpan<char> text, bool isEnd, out int held)
    {
        _clean.ResetWrittenCount();
        var hasMask = false;
        // Up to here everything is given out or masked.
        var done = _masked;
        held = 0;
        while ((held = set.FindStart(text, held)) < text.Length)
        {
            var (length, isOpen) = set.Look(text[held..]);
            if (isOpen && !isEnd)
                break;
            if (isOpen && text.Length - held >= SecretEncodings.Shortest)
                length = text.Length - held;
            if (length > 0)
            {
                if (held >= done)
                {
                    _clean.Write(text[done..held]);
                    _clean.Write(Mask);
                    hasMask = true;
                }

                done = Math.Max(done, held + length);
            }

            held++;
        }

        _masked = Math.Max(0, done - held);
        var rest = done < held ? text[done..held] : [];
        if (!hasMask)
            return rest;
        _clean.Write(rest);
        return _clean.WrittenSpan;
    }

    private void Append(ReadOnlySpan<char> piece)
    {
        var held = _buffer.AsSpan(_start, Held);
        if (held.Length + piece.Length > _buffer.Length)
        {
            var larger = new char[2 * (held.Length + piece.Length)];
            held.CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            held.CopyTo(_buffer);
        }

        piece.CopyTo(_buffer.AsSpan(held.Length));
        (_start, _end) = (0, held.Length + piece.Length);
    }

    private void Keep(ReadOnlySpan<char> rest)
    {
        if (rest.Length > _buffer.Length)
            _buffer = new char[Math.Max(256, 2 * rest.Length)];
        rest.CopyTo(_buffer);
        (_start, _end) = (0, rest.Length);
    }
}
