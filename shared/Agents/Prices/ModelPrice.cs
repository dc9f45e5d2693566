namespace Orchestrator.Agents.Prices;

/// <summary>Prices of a model in US dollars per million tokens, which is micro-dollars per token.</summary>
/// <param name="Input">Input tokens that are not cached.</param>
/// <param name="CacheRead">Input tokens read from the cache.</param>
/// <param name="CacheWrite">Input tokens written to the cache.</param>
/// <param name="Output">Output tokens.</param>
public sealed record ModelPrice(decimal Input, decimal CacheRead, decimal CacheWrite, decimal Output)
{
    /// <summary>What these tokens cost in micro-dollars, exactly; the caller rounds up once, after adding.</summary>
    public decimal Of(TokenCount tokens) =>
        (tokens.Input * Input) + (tokens.CacheRead * CacheRead) + (tokens.CacheWrite * CacheWrite) + (tokens.Output * Output);
}

/// <summary>Tokens of one kind of billing each; none is part of another.</summary>
/// <param name="Input">Not cached.</param>
/// <param name="CacheRead">Read from the cache.</param>
/// <param name="CacheWrite">Written to the cache.</param>
/// <param name="Output">Made by the model, reasoning included.</param>
public sealed record TokenCount(long Input, long CacheRead, long CacheWrite, long Output)
{
    // More tokens than any launch can have; a count above it is a lie that must not overflow the bill.
    private const long Most = 1_000_000_000_000;

    /// <summary>Nothing.</summary>
    public static TokenCount Zero { get; } = new(0, 0, 0, 0);

    /// <summary>Adds two counts.</summary>
    public TokenCount Plus(TokenCount other) => Sane(
        Input + other.Input,
        CacheRead + other.CacheRead,
        CacheWrite + other.CacheWrite,
        Output + other.Output);

    /// <summary>A count of foreign numbers: negative ones are 0, absurd ones are cut.</summary>
    public static TokenCount Sane(long input, long cacheRead, long cacheWrite, long output) =>
        new(Sane(input), Sane(cacheRead), Sane(cacheWrite), Sane(output));

    private static long Sane(long value) => Math.Clamp(value, 0, Most);
}
