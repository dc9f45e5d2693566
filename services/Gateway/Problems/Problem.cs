using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.Contracts.Json;

namespace Orchestrator.Gateway.Problems;

/// <summary>An answer that says what went wrong, under which word, and what to do about it: <c>application/problem+json</c>.</summary>
public sealed record Problem(int Status, string Code, string Detail, string Hint) : IResult
{
    public const string ContentType = "application/problem+json";

    /// <summary>JSON path of a field to what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public static Problem NotFound(string what) =>
        new(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}, or your token does not reach it.", "Check the id; ids are compared exactly.");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        var problem = new ProblemDetails
        {
            Type = $"urn:orchestrator:problem:{Code}",
            Title = Code.Replace('_', ' '),
            Status = Status,
            Detail = Detail,
            Extensions =
            {
                ["code"] = Code,
                ["hint"] = Hint,
                ["trace_id"] = Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier,
            },
        };
        if (Errors is not null)
            problem.Extensions["errors"] = Errors;
        return httpContext.Response.WriteAsJsonAsync(problem, ContractJson.Options, ContentType, httpContext.RequestAborted);
    }
}
