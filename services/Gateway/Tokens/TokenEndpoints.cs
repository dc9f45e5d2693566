using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Problems;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Validation.Projects;

namespace Orchestrator.Gateway.Tokens;

internal static class TokenEndpoints
{
    public const string EveryProject = "*";
    private const int LongestName = 64;
    private const int LongestDays = 3650;

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/v1/tokens").WithTags("tokens");
        tokens.MapGet("", ListAsync).RequireVerb(Verbs.Tokens).Produces<TokenList>().WithSummary("List tokens; what they are is shown at their making only.");
        tokens.MapPost("", CreateAsync).RequireVerb(Verbs.Tokens).Accepts<NewToken>("application/json").Produces<CreatedToken>(StatusCodes.Status201Created).WithSummary("Make a token.");
        tokens.MapDelete("/{id}", RevokeAsync).RequireVerb(Verbs.Tokens).Produces(StatusCodes.Status204NoContent).WithSummary("Revoke a token.");
    }

    private static async Task<IResult> ListAsync(Caller caller, GatewayDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.Tokens.AsNoTracking().Where(row => row.RevokedAt == null).OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken);
        return Results.Ok(new TokenList([.. rows.Where(row => Covers(caller, row)).Select(TokenView.Of)]));
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, Caller caller, GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, AccessLog access, TimeProvider clock, CancellationToken cancellationToken)
    {
        var wanted = await BoundedBody.ReadJsonAsync<NewToken>(context.Request, cancellationToken);
        var now = clock.GetUtcNow();
        if (Refusal(wanted, caller, now) is { } refusal)
            return refusal;
        var token = TokenText.New();
        var row = new TokenRow
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Name = wanted.Name!.Trim(),
            Hash = TokenText.Hash(token),
            Projects = [.. (wanted.Projects ?? Own(caller)).Distinct(StringComparer.Ordinal)],
            Verbs = [.. (wanted.Verbs ?? Verbs.Default).Distinct(StringComparer.Ordinal)],
            CreatedBy = caller.Actor,
            CreatedAt = now,
            ExpiresAt = wanted.ExpiresAt ?? (wanted.ExpiresInDays is { } days ? now + TimeSpan.FromDays(days) : null),
        };
        db.Tokens.Add(row);
        db.Audit.Add(access.Deed("token.create", caller.Actor, AccessLog.Address(context), null, null, row.Id));
        await outbox.SaveChangesAsync(cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created($"/v1/tokens/{row.Id}", new CreatedToken(token, TokenView.Of(row)));
    }

    private static async Task<IResult> RevokeAsync(
        string id, HttpContext context, Caller caller, GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, TokenDirectory directory, AccessLog access, TimeProvider clock, CancellationToken cancellationToken)
    {
        var row = await db.Tokens.SingleOrDefaultAsync(token => token.Id == id && token.RevokedAt == null, cancellationToken);
        if (row is null || !Covers(caller, row))
            return Problem.NotFound("token");
        row.RevokedAt = clock.GetUtcNow();
        db.Audit.Add(access.Deed("token.revoke", caller.Actor, AccessLog.Address(context), null, null, row.Id));
        await outbox.SaveChangesAsync(cancellationToken);
        directory.Forget(row.Hash);
        return Results.NoContent();
    }

    private static Problem? Refusal(NewToken wanted, Caller caller, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(wanted.Name) || wanted.Name.Trim().Length > LongestName || wanted.Name.Any(char.IsControl))
            return Invalid("$.name", $"A token has a name of 1 to {LongestName} characters.");
        if (wanted.Name.Trim().Equals(AdminToken.Caller.Name, StringComparison.OrdinalIgnoreCase))
            return Invalid("$.name", "This name is the first token's: the audit could not tell the two apart.");
        for (var i = 0; i < (wanted.Verbs?.Count ?? 0); i++)
        {
            if (wanted.Verbs![i] is not { } verb || !Verbs.All.Contains(verb, StringComparer.Ordinal))
                return Invalid($"$.verbs[{i}]", $"This is no verb. Verbs are {string.Join(", ", Verbs.All)}.");
        }

        for (var i = 0; i < (wanted.Projects?.Count ?? 0); i++)
        {
            if (wanted.Projects![i] is not { } project || (project != EveryProject && !ProjectValidation.IsId(project)))
                return Invalid($"$.projects[{i}]", $"This is no project id. Write ids of projects, or {EveryProject} for every project.");
        }

        if (wanted.Verbs is { Count: 0 } || wanted.Projects is { Count: 0 })
            return Invalid(wanted.Verbs is { Count: 0 } ? "$.verbs" : "$.projects", "An empty list allows nothing. Leave the field out, or name what the token shall reach.");
        if (wanted.ExpiresAt is not null && wanted.ExpiresInDays is not null)
            return Invalid("$.expires_at", "Give expires_at or expires_in_days, not both.");
        if (wanted.ExpiresAt <= now || wanted.ExpiresAt > now.AddDays(LongestDays) || wanted.ExpiresInDays is <= 0 or > LongestDays)
            return Invalid(wanted.ExpiresAt is null ? "$.expires_in_days" : "$.expires_at", "The time must lie ahead, within ten years.");
        var more = (wanted.Verbs ?? Verbs.Default).Except(caller.Verbs, StringComparer.Ordinal).FirstOrDefault()
            ?? (caller.Projects is null ? null : wanted.Projects?.FirstOrDefault(project => !caller.Projects.Contains(project)));
        return more is null
            ? null
            : new Problem(StatusCodes.Status403Forbidden, "more_than_own", $"Your token cannot hand out '{more}': it does not have it.", "Use a token that has it, or leave it out.");
    }

    private static IReadOnlyList<string> Own(Caller caller) => caller.Projects is null ? [EveryProject] : [.. caller.Projects];

    private static bool Covers(Caller caller, TokenRow row) => caller.Projects is null || row.Projects.TrueForAll(caller.Projects.Contains);

    private static Problem Invalid(string path, string message) =>
        new(StatusCodes.Status400BadRequest, "invalid_token_request", message, "Correct the field and send it again.") { Errors = new Dictionary<string, string[]> { [path] = [message] } };
}
