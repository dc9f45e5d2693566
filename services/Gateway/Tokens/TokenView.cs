using System.Text.Json.Serialization;

namespace Orchestrator.Gateway.Tokens;

internal sealed record NewToken
{
    public string? Name { get; init; }

    public IReadOnlyList<string>? Projects { get; init; }

    public IReadOnlyList<string>? Verbs { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public int? ExpiresInDays { get; init; }
}

internal record TokenView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Projects { get; init; }

    public required IReadOnlyList<string> Verbs { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public static TokenView Of(TokenRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Projects = row.Projects,
        Verbs = row.Verbs,
        CreatedBy = row.CreatedBy,
        CreatedAt = row.CreatedAt,
        ExpiresAt = row.ExpiresAt,
    };
}

/// <summary>The one time that a token is shown.</summary>
internal sealed record CreatedToken : TokenView
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public CreatedToken(string token, TokenView view)
        : base(view) => Token = token;

    [JsonPropertyOrder(-1)]
    public string Token { get; }
}

internal sealed record TokenList(IReadOnlyList<TokenView> Tokens);
