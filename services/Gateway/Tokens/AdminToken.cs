using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Access;

namespace Orchestrator.Gateway.Tokens;

/// <summary>The first token, with which the others are made: from a secret file, never from the database.</summary>
internal sealed partial class AdminToken
{
    private const int Shortest = 24;

    public AdminToken(IOptions<GatewayOptions> options, ILogger<AdminToken> logger)
    {
        var token = Read(options.Value);
        if (token is null)
            LogNone(logger);
        else
            Hash = TokenText.Hash(token);
    }

    public static Caller Caller { get; } = new("admin", "admin", null, Verbs.All.ToHashSet(StringComparer.Ordinal));

    public string? Hash { get; }

    private static string? Read(GatewayOptions options)
    {
        var token = options.AdminTokenFile is { Length: > 0 } file ? ReadFile(file).Trim() : options.AdminToken?.Trim();
        if (string.IsNullOrEmpty(token))
            return null;
        return token.Length >= Shortest
            ? token
            : throw new InvalidOperationException($"The admin token has {token.Length} characters; use at least {Shortest} random ones, for example: openssl rand -hex 32.");
    }

    private static string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Gateway:AdminTokenFile: {file} cannot be read: {exception.Message} Mount the secret there, or take the setting out.", exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No admin token is configured (Gateway:AdminTokenFile, or the secret Gateway__AdminToken): only tokens that exist already work")]
    private static partial void LogNone(ILogger logger);
}
