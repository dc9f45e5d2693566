using System.Numerics;
using System.Runtime.InteropServices;

namespace Orchestrator.Execution.Redaction;

/// <summary>
/// The texts that are looked for. Most of a text is passed over by a table of what any three characters say about the distance to the next beginning
/// (Wu and Manber, <c>A fast algorithm for multi-pattern searching</c>, 1994); where one may begin, a binary search decides.
/// </summary>
public sealed class SecretPatterns
{
    private const int Begin = SecretEncodings.Shortest;
    private const int Block = 3;
    private const int FarthestSkip = Begin - Block + 1;

    private readonly string[] _sorted;
    private readonly int[] _parents;
    private readonly byte[] _skips;
    private readonly bool[] _begins;
    private readonly int _bits;

    /// <summary>Creates the set.</summary>
    /// <param name="texts">Each of at least <see cref="SecretEncodings.Shortest"/> characters.</param>
    /// <exception cref="ArgumentException">A text is shorter.</exception>
    public SecretPatterns(IEnumerable<string> texts)
    {
        _sorted = [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (_sorted.Any(text => text.Length < Begin))
            throw new ArgumentException($"A text has less than {Begin} characters.", nameof(texts));
        _parents = Parents(_sorted);
        // Some thirty places for each block: most blocks that are in no text have a place of their own.
        _bits = Math.Clamp(BitOperations.Log2((uint)(_sorted.Length * FarthestSkip) + 1) + 5, 10, 20);
        _skips = new byte[1 << _bits];
        _begins = new bool[1 << _bits];
        Array.Fill(_skips, (byte)FarthestSkip);
        foreach (var text in _sorted)
        {
            _begins[BeginOf(text, 0)] = true;
            for (var end = Block - 1; end < Begin; end++)
            {
                ref var skip = ref _skips[BlockOf(text, end)];
                skip = (byte)Math.Min(skip, Begin - 1 - end);
            }
        }
    }

    /// <summary>Of nothing.</summary>
    public static SecretPatterns None { get; } = new([]);

    /// <summary>Number of texts.</summary>
    public int Count => _sorted.Length;

    /// <summary>Characters of the longest text; 0 of none.</summary>
    public int Longest => _sorted.Length == 0 ? 0 : _sorted.Max(text => text.Length);

    /// <summary>The first place from here on where a text may begin, or the length.</summary>
    public int FindStart(ReadOnlySpan<char> text, int from)
    {
        if (_sorted.Length == 0)
            return text.Length;
        var last = text.Length - Begin;
        while (from <= last)
        {
            int skip = _skips[BlockOf(text, from + Begin - 1)];
            if (skip == 0)
            {
                if (_begins[BeginOf(text, from)])
                    return from;
                skip = 1;
            }

            from += skip;
        }

        return from;
    }

    /// <summary>Looks at the beginning of a text.</summary>
    /// <returns>Length of the longest text that it begins with, or 0; and whether all of it is the beginning of a longer one.</returns>
    public (int Length, bool IsOpen) Look(ReadOnlySpan<char> text)
    {
        var after = FirstAfter(text);
        var isOpen = after < _sorted.Length && _sorted[after].AsSpan().StartsWith(text);
        // What the text begins with is the text before it in order, or a beginning of that.
        var index = after - 1;
        while (index >= 0 && !text.StartsWith(_sorted[index]))
            index = _parents[index];
        return (index < 0 ? 0 : _sorted[index].Length, isOpen);
    }

    private int FirstAfter(ReadOnlySpan<char> text)
    {
        var (low, high) = (0, _sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle].AsSpan().SequenceCompareTo(text) > 0)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    /// <summary>Of each text the longest other one that it begins with, or -1.</summary>
    private static int[] Parents(string[] sorted)
    {
        var parents = new int[sorted.Length];
        for (var index = 0; index < sorted.Length; index++)
        {
            var parent = index - 1;
            while (parent >= 0 && !sorted[index].StartsWith(sorted[parent], StringComparison.Ordinal))
                parent = parents[parent];
            parents[index] = parent;
        }

        return parents;
    }

    private int BlockOf(ReadOnlySpan<char> text, int end) =>
        (int)((uint)((text[end - 2] << 14) ^ (text[end - 1] << 7) ^ text[end]) * 0x9E3779B1u >> (32 - _bits));

    private int BeginOf(ReadOnlySpan<char> text, int start)
    {
        var halves = MemoryMarshal.Cast<char, ulong>(text.Slice(start, Begin));
        return (int)(((halves[0] * 0x9E3779B97F4A7C15u) + halves[1]) * 0xC2B2AE3D27D4EB4Fu >> (64 - _bits));
    }
}
