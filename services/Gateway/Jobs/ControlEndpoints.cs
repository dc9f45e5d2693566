using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Problems;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.Jobs;

/// <summary>What people tell a job: the saga does it, here it is only checked that there is something to tell.</summary>
internal static class ControlEndpoints
{
    private const int LongestComment = 5000;

    private static readonly ParkReason[] Approvable = [ParkReason.Approval, ParkReason.NeedsHuman];
    private static readonly ParkReason[] Rejectable = [ParkReason.Approval, ParkReason.NeedsHuman, ParkReason.MergeConflict, ParkReason.SecretInOutput];
    private static readonly ParkReason[] Resolvable = [ParkReason.MergeConflict];
    private static readonly ParkReason[] Releasable = [ParkReason.SecretInOutput];
    private static readonly ParkReason[] Wakeable = [.. Enum.GetValues<ParkReason>().Except([ParkReason.Approval, ParkReason.MergeConflict, ParkReason.SecretInOutput])];

    private static readonly Dictionary<string, string> Summaries = new()
    {
        ["cancel"] = "Cancel a job.",
        ["approve"] = "Approve what waits for a person.",
        ["reject"] = "Reject what waits for a person.",
        ["resolve"] = "End a merge conflict by one side or a commit.",
        ["release"] = "Release what looks like a secret in the work of a step.",
        ["wake"] = "Wake what is parked before its time.",
    };

    public static void MapControl(this IEndpointRouteBuilder routes)
    {
        Map<CancelRequest>(routes, "cancel", null, (job, request, actor, _) => new CancelJob(job.Saga, actor, request.Comment));
        Map<Verdict>(routes, "approve", Approvable, (job, request, actor, seen) => new ApproveJob(job.Saga, actor, request.Comment, request.Step, seen));
        Map<Verdict>(routes, "reject", Rejectable, (job, request, actor, seen) => new RejectJob(job.Saga, actor, request.Comment, request.Step, seen));
        Map<Resolution>(routes, "resolve", Resolvable, (job, request, actor, seen) =>
            new ResolveJob(job.Saga, actor, request.Comment, request.Step, new MergeResolution(request.Take, request.Commit), seen));
        Map<ReleaseRequest>(routes, "release", Releasable, (job, request, actor, _) => new ReleaseSecrets(job.Saga, actor, request.Comment, request.Fingerprints ?? []));
        Map<WakeRequest>(routes, "wake", Wakeable, (job, request, actor, _) => new WakeJob(job.Saga, actor, request.Step, Force: true));
    }

    private static void Map<T>(IEndpointRouteBuilder routes, string action, ParkReason[]? waitsFor, Func<JobRow, T, string, IReadOnlyList<SeenWaiting>, object> command)
        where T : ControlRequest, new() =>
        routes.MapPost($"/v1/jobs/{{id}}/{action}", async (string id, HttpContext context, Caller caller, JobControl control, CancellationToken cancellationToken) =>
            {
                var request = await BoundedBody.ReadJsonAsync<T>(context.Request, cancellationToken);
                return await control.TellAsync(id, action, request, waitsFor, caller, AccessLog.Address(context), (job, seen) => command(job, request, caller.Actor, seen), cancellationToken);
            })
            .RequireVerb(Verbs.Control).WithTags("jobs").Accepts<T>("application/json").Produces<ControlView>(StatusCodes.Status202Accepted).WithSummary(Summaries[action]);

    internal sealed class JobControl(GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, AccessLog access)
    {
        public async Task<IResult> TellAsync(
            string id, string action, ControlRequest request, ParkReason[]? waitsFor, Caller caller, string address,
            Func<JobRow, IReadOnlyList<SeenWaiting>, object> command, CancellationToken cancellationToken)
        {
            var job = await db.FindJobAsync(caller, id, cancellationToken);
            if (request.Refusal() is { } invalid)
                return invalid;
            var steps = await db.JobSteps.AsNoTracking().Where(step => step.PipelineId == job.PipelineId).ToListAsync(cancellationToken);
            if (request.AtStep() is { } stepId && !steps.Exists(step => step.StepId == stepId))
                return Invalid("$.step", $"The job has no step of this id. Its steps are {string.Join(", ", steps.OrderBy(step => step.Position).Select(step => step.StepId))}.");
            if (request is Resolution { Take: { } take } && !steps.Exists(step => step.StepId == take))
                return Invalid("$.take", "Name the step whose side wins.");
            if (job.IsOver)
                return new Problem(StatusCodes.Status409Conflict, "job_over", $"The job is {job.Status.ToString().ToLowerInvariant()} already.", "Nothing can be told to a job that is over; POST …/retry runs it again.");
            var seen = Waiting(job, steps, request.AtStep(), waitsFor ?? []);
            if (waitsFor is not null && seen.Count == 0)
                return new Problem(
                    StatusCodes.Status409Conflict, "nothing_waits", $"Nothing in the job waits for '{action}' now.",
                    $"See 'parked' of {JobLinks.Self(job.JobId)} for what it waits for.");

            return await outbox.InTransactionAsync(async ct =>
            {
                if (action == "cancel")
                    await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.CancelRequested, true), ct);
                db.Audit.Add(access.Deed($"job.{action}", caller.Actor, address, job.ProjectId, job.JobId, request.Deed()));
                await SendAsync(command(job, seen), ct);
                return Results.Accepted(JobLinks.Self(job.JobId), new ControlView(job.JobId, job.Status, action, JobLinks.Of(job.JobId)));
            }, cancellationToken);
        }

        private Task SendAsync(object command, CancellationToken cancellationToken) => command switch
        {
            CancelJob cancel => outbox.Send(Queues.Pipeline, cancel, cancellationToken),
            ApproveJob approve => outbox.Send(Queues.Pipeline, approve, cancellationToken),
            RejectJob reject => outbox.Send(Queues.Pipeline, reject, cancellationToken),
            ResolveJob resolve => outbox.Send(Queues.Pipeline, resolve, cancellationToken),
            ReleaseSecrets release => outbox.Send(Queues.Pipeline, release, cancellationToken),
            WakeJob wake => outbox.Send(Queues.Pipeline, wake, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Not a command to a job."),
        };

        private static List<SeenWaiting> Waiting(JobRow job, List<ReadModel.JobStepRow> steps, string? stepId, ParkReason[] reasons)
        {
            var waiting = steps.Where(step => step.ParkReason is { } parked && reasons.Contains(parked) && (stepId is null || step.StepId == stepId))
                .Select(step => new SeenWaiting(step.StepId, step.ParkedAt)).ToList();
            if (stepId is null && job is { ParkedStepId: null, ParkReason: { } reason } && reasons.Contains(reason))
                waiting.Add(new SeenWaiting(null, job.ParkedAt));
            return waiting;
        }
    }

    internal static Problem Invalid(string path, string message) =>
        new(StatusCodes.Status400BadRequest, "invalid_body", message, "Correct the field and send it again.") { Errors = new Dictionary<string, string[]> { [path] = [message] } };

    internal static Problem? TooLong(string? comment) =>
        comment is { Length: > LongestComment } ? Invalid("$.comment", $"A comment has at most {LongestComment} characters.") : null;
}
