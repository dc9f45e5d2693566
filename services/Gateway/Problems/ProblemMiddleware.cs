using System.Text.RegularExpressions;
using Orchestrator.Gateway.Access;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.Problems;

/// <summary>Turns whatever ends a request early into a problem: nothing leaves as an empty body or a page of the framework.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, AccessLog access, ILogger<ProblemMiddleware> logger)
{
    private const string RetryAfterSeconds = "2";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await Of(exception, context).ExecuteAsync(context);
            return;
        }

        if (!context.Response.HasStarted && context.Response.ContentLength is null && context.Response.ContentType is null && OfStatus(context.Response.StatusCode) is { } problem)
            await problem.ExecuteAsync(context);
    }

    private Problem Of(Exception exception, HttpContext context)
    {
        switch (exception)
        {
            case RefusedException refused:
                access.Refused(context, refused.Problem.Code);
                return refused.Problem;
            case BadHttpRequestException bad when ParameterName().Match(bad.Message) is { Success: true } parameter:
                return OfParameter(parameter.Groups[1].Value.ToLowerInvariant());
            case BadHttpRequestException bad:
                return OfStatus(bad.StatusCode) ?? new Problem(bad.StatusCode, "bad_request", bad.Message, "Correct the request.");
            case var outage when RetryableFailure.IsOutage(outage):
                LogUnavailable(outage, context.Request.Method, context.Request.Path);
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                return new Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", "The database does not answer; nothing was changed.", "Send the request again after the time in Retry-After, with the same idempotency key.");
            default:
                LogFailed(exception, context.Request.Method, context.Request.Path);
                return new Problem(StatusCodes.Status500InternalServerError, "internal_error", "The request failed on our side.", "Try again; if it stays, give the operator the trace_id.");
        }
    }

    private static Problem OfParameter(string name) =>
        new(StatusCodes.Status400BadRequest, "invalid_query", $"The value of '{name}' is not of the type that is expected here.", $"Correct ?{name}=, see /openapi/v1.json.")
        {
            Errors = new Dictionary<string, string[]> { [name] = ["Not of the type that is expected here."] },
        };

    private static Problem? OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => new Problem(status, "no_such_route", "There is nothing under this path.", "See /openapi/v1.json for the routes."),
        StatusCodes.Status405MethodNotAllowed => new Problem(status, "method_not_allowed", "The path does not know this method.", "See /openapi/v1.json for the methods."),
        StatusCodes.Status413PayloadTooLarge => BoundedBody.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => new Problem(status, "unsupported_media_type", "The body is not JSON.", "Send Content-Type: application/json."),
        _ => null,
    };

    // The framework says it in a sentence only: Failed to bind parameter "int? limit" from "many".
    [GeneratedRegex("""parameter "[^"]* (\w+)" from""", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} was refused: the database does not answer")]
    private partial void LogUnavailable(Exception exception, string method, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, string path);
}
