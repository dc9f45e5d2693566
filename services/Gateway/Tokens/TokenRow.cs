namespace Orchestrator.Gateway.Tokens;

/// <summary>A token: its hash, what it may do and for which projects.</summary>
public sealed class TokenRow
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>Lower-case hex SHA-256. No salt or stretching: the token is 256 random bits, there is nothing to guess.</summary>
    public string Hash { get; set; } = "";

    public List<string> Projects { get; set; } = [];

    public List<string> Verbs { get; set; } = [];

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}
