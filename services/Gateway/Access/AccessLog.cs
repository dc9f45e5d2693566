using Orchestrator.Gateway.Audit;

namespace Orchestrator.Gateway.Access;

/// <summary>One line per submission, deed and refusal: who, from where, what, with which result. Never a token, never a body.</summary>
public sealed partial class AccessLog(TimeProvider clock, ILogger<AccessLog> logger)
{
    public static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    public void Submission(string door, string actor, string address, string? projectId, string? jobId, string result) =>
        LogSubmission(door, actor, address, projectId ?? "-", jobId ?? "-", result);

    public void Refused(HttpContext context, string reason) =>
        LogRefused(context.Request.Method, context.GetEndpoint()?.DisplayName ?? "-", context.Features.Get<Caller>()?.Actor ?? "-", Address(context), reason);

    /// <summary>The line, and the row that goes into the transaction of the deed.</summary>
    public AuditRow Deed(string action, string actor, string address, string? projectId, string? jobId, string result)
    {
        LogDeed(action, actor, address, projectId ?? "-", jobId ?? "-", result);
        return new AuditRow
        {
            At = clock.GetUtcNow(),
            Actor = actor,
            Address = address,
            Action = action,
            ProjectId = projectId,
            JobId = jobId,
            Result = result,
            TraceId = System.Diagnostics.Activity.Current?.TraceId.ToHexString(),
        };
    }

    [LoggerMessage(EventName = "submission", Level = LogLevel.Information, Message = "Submission by {Door}: {Actor} from {Address}, project {ProjectId}, job {JobId}: {Result}")]
    private partial void LogSubmission(string door, string actor, string address, string projectId, string jobId, string result);

    [LoggerMessage(EventName = "deed", Level = LogLevel.Information, Message = "{Action} by {Actor} from {Address}, project {ProjectId}, job {JobId}: {Result}")]
    private partial void LogDeed(string action, string actor, string address, string projectId, string jobId, string result);

    [LoggerMessage(EventName = "refused", Level = LogLevel.Warning, Message = "Refused {Method} {Route} of {Actor} from {Address}: {Reason}")]
    private partial void LogRefused(string method, string route, string actor, string address, string reason);
}
