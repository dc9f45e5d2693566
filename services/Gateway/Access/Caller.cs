using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Access;

/// <summary>Who asks, with which token, and what it reaches.</summary>
/// <param name="Id">Id of the token.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Projects">Projects that it reaches, compared exactly; null is every project and jobs without one.</param>
/// <param name="Verbs">What it may do.</param>
public sealed record Caller(string Id, string Name, IReadOnlySet<string>? Projects, IReadOnlySet<string> Verbs)
{
    public string Actor => $"token:{Name}";

    /// <summary>Idempotency keys of two tenants never meet.</summary>
    public string Tenant => $"token:{Id}";

    public bool Reaches(string? projectId) => Projects is null || (projectId is not null && Projects.Contains(projectId));

    /// <summary>For minimal API parameters.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => new(Of(context));

    public static Caller Of(HttpContext context) => context.Features.Get<Caller>()
        ?? throw new RefusedException(new Problem(StatusCodes.Status401Unauthorized, "token_missing", "No token came with the request.", "Send Authorization: Bearer <token>."));
}
