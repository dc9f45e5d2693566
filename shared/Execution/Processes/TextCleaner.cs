using System.Buffers;
using System.Text;

namespace Orchestrator.Execution.Processes;

/// <summary>
/// Makes plain text of what a program prints, piece by piece: invalid UTF-8 and lone surrogates become U+FFFD, terminal control sequences and control
/// characters go, every line end becomes <c>\n</c>. Borders of pieces make no difference. Not thread-safe.
/// </summary>
public sealed class TextCleaner
{
    // A control string that is never closed must not swallow the rest of the log.
    private const int LongestSequence = 4096;
    private const char Escape = '\u001b';

    private static readonly SearchValues<char> Special = SearchValues.Create(
    [
        .. Range('\0', '\u0008'), .. Range('\u000b', '\u001f'), .. Range('\u007f', '\u009f'), .. Range('\ud800', '\udfff'),
    ]);

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private State _state;
    private int _length;
    private bool _afterReturn;
    private char _high;

    private enum State
    {
        Text,
        Escape,
        Charset,
        Control,
        String,
        StringEscape,
    }

    /// <summary>Cleans one whole text.</summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
            return text;
        var cleaned = new StringBuilder(text.Length);
        var cleaner = new TextCleaner();
        cleaner.Append(text, cleaned);
        cleaner.Finish(cleaned);
        return cleaned.ToString();
    }

    /// <summary>Cleans the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes, StringBuilder target)
    {
        var buffer = ArrayPool<char>.Shared.Rent(4096);
        try
        {
            while (!bytes.IsEmpty)
            {
                _decoder.Convert(bytes, buffer, flush: false, out var used, out var made, out _);
                Append(buffer.AsSpan(0, made), target);
                bytes = bytes[used..];
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Cleans the next characters.</summary>
    public void Append(ReadOnlySpan<char> text, StringBuilder target)
    {
        while (!text.IsEmpty)
        {
            if (_state == State.Text)
            {
                var plain = text.IndexOfAny(Special);
                var count = plain < 0 ? text.Length : plain;
                if (count > 0)
                {
                    DropHigh(target);
                    AppendPlain(text[..count], target);
                    text = text[count..];
                    continue;
                }
            }

            Step(text[0], target);
            text = text[1..];
        }
    }

    /// <summary>Ends the text: what was cut off in mid-character becomes U+FFFD.</summary>
    public void Finish(StringBuilder target)
    {
        Span<char> rest = stackalloc char[8];
        _decoder.Convert([], rest, flush: true, out _, out var made, out _);
        Append(rest[..made], target);
        DropHigh(target);
        _state = State.Text;
        _afterReturn = false;
    }

    private static IEnumerable<char> Range(char first, char last) => Enumerable.Range(first, last - first + 1).Select(code => (char)code);

    private void AppendPlain(ReadOnlySpan<char> text, StringBuilder target)
    {
        if (_afterReturn && text[0] == '\n')
            text = text[1..];
        _afterReturn = false;
        target.Append(text);
    }

    private void Step(char character, StringBuilder target)
    {
        switch (_state)
        {
            case State.Text:
                StepText(character, target);
                break;
            case State.Escape:
                Enter(character switch
                {
                    '[' => State.Control,
                    ']' or 'P' or 'X' or '^' or '_' => State.String,
                    '(' or ')' or '*' or '+' or '-' or '.' or '/' or '#' or '%' or ' ' => State.Charset,
                    Escape => State.Escape,
                    _ => State.Text,
                });
                break;
            case State.Charset:
                Enter(State.Text);
                break;
            case State.Control:
                if (character is >= '@' and <= '~' or '\n' || ++_length > LongestSequence)
                    Enter(State.Text);
                break;
            case State.String:
                if (character == Escape)
                    _state = State.StringEscape;
                else if (character is '\u0007' or '\u009c' || ++_length > LongestSequence)
                    Enter(State.Text);
                break;
            default:
                _state = character == '\\' || ++_length > LongestSequence ? State.Text : State.String;
                break;
        }
    }

    private void StepText(char character, StringBuilder target)
    {
        if (char.IsLowSurrogate(character) && _high != '\0')
        {
            target.Append(_high).Append(character);
            _high = '\0';
            _afterReturn = false;
            return;
        }

        DropHigh(target);
        switch (character)
        {
            case '\r':
                target.Append('\n');
                _afterReturn = true;
                return;
            case Escape:
                Enter(State.Escape);
                return;
            case '\u009b':
                Enter(State.Control);
                return;
            case '\u0090' or '\u0098' or '\u009d' or '\u009e' or '\u009f':
                Enter(State.String);
                return;
        }

        if (char.IsHighSurrogate(character))
            _high = character;
        else if (char.IsLowSurrogate(character))
            target.Append('\ufffd');
    }

    private void DropHigh(StringBuilder target)
    {
        if (_high == '\0')
            return;
        target.Append('\ufffd');
        _high = '\0';
        _afterReturn = false;
    }

    private void Enter(State state)
    {
        _state = state;
        _length = 0;
    }
}
