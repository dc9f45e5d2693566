using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Problems;
using Orchestrator.Gateway.Tokens;

namespace Orchestrator.Gateway.Access;

/// <summary>Bearer tokens of our own, looked up by hash.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenDirectory tokens, AccessLog access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = "Bearer ";
    private const int LongestToken = 512;

    public static string? Presented(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        return header.Count == 1 && header[0] is { Length: > 7 and < LongestToken } value && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? value[Prefix.Length..].Trim()
            : null;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented(Request) is not { Length: > 0 } token)
            return AuthenticateResult.NoResult();
        var caller = await tokens.FindAsync(token, Context.RequestAborted);
        if (caller is null)
            return AuthenticateResult.Fail("The token is not known, revoked or over its time.");
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Id), new Claim(ClaimTypes.Name, caller.Name)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var presented = Presented(Request) is { Length: > 0 };
        access.Refused(Context, presented ? "invalid_token" : "token_missing");
        if (!presented)
        {
            Response.Headers.WWWAuthenticate = SchemeName;
            return new Problem(StatusCodes.Status401Unauthorized, "token_missing", "No token came with the request.", "Send Authorization: Bearer <token>.").ExecuteAsync(Context);
        }

        // Version 1.0 answers 403 to a token that it does not know.
        var old = Context.GetEndpoint()?.Metadata.GetMetadata<OldDoor>() is not null;
        Response.Headers.WWWAuthenticate = $"{SchemeName} error=\"invalid_token\"";
        return new Problem(
            old ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized,
            "invalid_token", "The token is not known, revoked or over its time.", "Make a new one: orch tokens create.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        access.Refused(Context, "verb_missing");
        var verb = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredVerb>()?.Verb ?? Verbs.Read;
        return new Problem(
            StatusCodes.Status403Forbidden, "verb_missing", $"The token does not have the verb '{verb}' that this route wants.",
            $"Use a token with it: orch tokens create --verb {verb}.").ExecuteAsync(Context);
    }
}

/// <summary>Marks a route whose status codes are those of version 1.0.</summary>
internal sealed class OldDoor;
