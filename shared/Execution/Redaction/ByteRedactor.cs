using System.Text;

namespace Orchestrator.Execution.Redaction;

/// <summary>A <see cref="StreamRedactor"/> for bytes, of UTF-8 or not: a byte is a character here, and so secrets are looked for byte by byte. Not thread-safe.</summary>
/// <param name="patterns">What is looked for now, in the form that <see cref="AsBytes"/> gives.</param>
public sealed class ByteRedactor(Func<SecretPatterns> patterns)
{
    private readonly StreamRedactor _redactor = new(patterns);
    private char[] _characters = [];
    private byte[] _bytes = [];

    /// <summary>Bytes that are held back.</summary>
    public int Held => _redactor.Held;

    /// <summary>The bytes of a text in UTF-8, each as a character.</summary>
    public static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a piece.</summary>
    /// <returns>What can be given out; a part of the piece itself where nothing is to be done. Valid until the next call.</returns>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<byte> piece)
    {
        if (_characters.Length < piece.Length)
            _characters = new char[piece.Length];
        var characters = _characters.AsSpan(0, piece.Length);
        Encoding.Latin1.GetChars(piece, characters);
        var clean = _redactor.Write(characters);
        // Nothing was held and nothing found: what is given out is the beginning of the piece.
        return clean.Overlaps(characters) ? piece[..clean.Length] : Narrow(clean);
    }

    /// <summary>Ends the stream, as <see cref="StreamRedactor.Finish"/> does.</summary>
    /// <returns>The rest. Valid until the next call.</returns>
    public ReadOnlySpan<byte> Finish() => Narrow(_redactor.Finish());

    private ReadOnlySpan<byte> Narrow(ReadOnlySpan<char> text)
    {
        if (_bytes.Length < text.Length)
            _bytes = new byte[text.Length];
        return _bytes.AsSpan(0, Encoding.Latin1.GetBytes(text, _bytes));
    }
}
