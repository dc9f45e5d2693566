using System.Diagnostics;
using System.Threading.Channels;
using Orchestrator.Gateway.Audit;

namespace Orchestrator.Gateway.Access;

/// <summary>One line per submission, deed and refusal: who, from where, what, with which result. Never a token; of a body no more than the names of project and job.</summary>
public sealed partial class AccessLog(TimeProvider clock, ILogger<AccessLog> logger)
{
    private const int MostWaiting = 10_000;

    private readonly Channel<AuditRow> _refusals = Channel.CreateBounded<AuditRow>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Audit rows that belong to no transaction, for <see cref="RefusalAudit"/>.</summary>
    internal ChannelReader<AuditRow> Refusals => _refusals.Reader;

    public static string Address(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };

    /// <summary>The line of an accepted submission, once it is kept.</summary>
    public void Accepted(Submitter who, string? projectId, string jobId, string result) =>
        LogSubmission(who.Door, who.Actor, who.Address, projectId ?? "-", jobId, result);

    /// <summary>The audit row of an accepted submission, for the transaction that keeps it.</summary>
    public AuditRow AcceptedRow(Submitter who, string? projectId, string jobId) => Row("job.submit", who.Actor, who.Address, projectId, jobId, "accepted");

    /// <summary>The line and the audit row of a refused submission, with the project and job that it names.</summary>
    public void RefusedSubmission(Submitter who, ReadOnlyMemory<byte> body, string reasons)
    {
        var (project, job) = NamedIds.In(body);
        LogSubmission(who.Door, who.Actor, who.Address, project ?? "-", job ?? "-", reasons);
        _refusals.Writer.TryWrite(Row("job.submit", who.Actor, who.Address, project, job, reasons));
    }

    /// <summary>The line and, unless it is one too many, the audit row of a refused request.</summary>
    public void Refused(HttpContext context, string reason, bool audited = true)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "-";
        var actor = context.Features.Get<Caller>()?.Actor ?? "-";
        LogRefused(context.Request.Method, route, actor, Address(context), reason);
        if (audited)
            _refusals.Writer.TryWrite(Row($"{context.Request.Method} {route}", actor, Address(context), null, context.GetRouteValue("id") as string, reason));
    }

    /// <summary>The line, and the row that goes into the transaction of the deed.</summary>
    public AuditRow Deed(string action, string actor, string address, string? projectId, string? jobId, string result)
    {
        LogDeed(action, actor, address, projectId ?? "-", jobId ?? "-", result);
        return Row(action, actor, address, projectId, jobId, result);
    }

    private AuditRow Row(string action, string actor, string address, string? projectId, string? jobId, string result) => new()
    {
        At = clock.GetUtcNow(),
        Actor = actor,
        Address = address,
        Action = action,
        ProjectId = projectId,
        JobId = jobId is { Length: > 128 } ? jobId[..128] : jobId,
        Result = result,
        TraceId = Activity.Current?.TraceId.ToHexString(),
    };

    [LoggerMessage(EventName = "submission", Level = LogLevel.Information, Message = "Submission by {Door}: {Actor} from {Address}, project {ProjectId}, job {JobId}: {Result}")]
    private partial void LogSubmission(string door, string actor, string address, string projectId, string jobId, string result);

    [LoggerMessage(EventName = "deed", Level = LogLevel.Information, Message = "{Action} by {Actor} from {Address}, project {ProjectId}, job {JobId}: {Result}")]
    private partial void LogDeed(string action, string actor, string address, string projectId, string jobId, string result);

    [LoggerMessage(EventName = "refused", Level = LogLevel.Warning, Message = "Refused {Method} {Route} of {Actor} from {Address}: {Reason}")]
    private partial void LogRefused(string method, string route, string actor, string address, string reason);
}

/// <summary>Who submits, through which door, from where.</summary>
public sealed record Submitter(string Door, string Actor, string Address);
