using System.Net;

namespace Orchestrator.Cli.Client;

/// <summary>The server refused the request and said why.</summary>
public sealed class ApiException(HttpStatusCode status, Problem problem)
    : Exception(problem.Detail ?? problem.Title ?? $"The server answered {(int)status}.")
{
    public HttpStatusCode Status { get; } = status;

    public Problem Problem { get; } = problem;

    public int ExitCode => Problem.Code switch
    {
        "budget_denied" or "budget_refused" => ExitCodes.BudgetRefused,
        _ => Status switch
        {
            HttpStatusCode.NotFound => ExitCodes.NotFound,
            HttpStatusCode.PaymentRequired => ExitCodes.BudgetRefused,
            HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => ExitCodes.Unreachable,
            _ => ExitCodes.Usage,
        },
    };

    /// <summary>Everything that the server said, a line each.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"error: {Message} ({(int)Status}{(Problem.Code is { } code ? $" {code}" : "")})";
        foreach (var (path, texts) in Problem.Errors ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            foreach (var text in texts)
                yield return $"  {path}: {text}";
        }

        if (Problem.Hint is { Length: > 0 } hint)
            yield return $"hint: {hint}";
        if (Problem.TraceId is { Length: > 0 } trace)
            yield return $"trace: {trace}";
    }
}
