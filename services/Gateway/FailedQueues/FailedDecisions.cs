using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.Problems;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>
/// Writes a decision down, with who made it, in one transaction: of two operators one decides. Then it is carried out; what the broker's
/// absence prevents is done when it is back.
/// </summary>
internal sealed partial class FailedDecisions(
    GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, FailedWork work, JobRetry jobs, AccessLog access, TimeProvider clock, ILogger<FailedDecisions> logger)
{
    private const int MostRetries = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<IResult> DecideAsync(long id, string action, FailedState state, Caller caller, string address, CancellationToken cancellationToken)
    {
        var row = await db.FailedMessages.AsNoTracking().SingleOrDefaultAsync(message => message.Id == id, cancellationToken);
        if (row is null)
            return Problem.NotFound("failed message");
        var isRetry = row.Queue == Queues.FailedJobs && state == FailedState.Requeueing && row.State == FailedState.Open;
        if (isRetry && await RetryAsync(row, caller, address, cancellationToken) is { } refused)
            return refused;
        if (!isRetry && await WriteAsync(db.FailedMessages.Where(message => message.Id == id && message.State == FailedState.Open), action, state, caller.Actor, address, row.JobId, $"{id} of {row.Queue}: {row.Code}", cancellationToken) == 0)
        {
            var now = await db.FailedMessages.AsNoTracking().SingleAsync(message => message.Id == id, cancellationToken);
            return new Problem(
                StatusCodes.Status409Conflict, "already_decided", $"The message is {now.State.ToString().ToLowerInvariant()}, by {now.DecidedBy}.", "One that failed again is in the list under a new id.");
        }

        await CarryOutAsync();
        return Results.Accepted($"/v1/failed/{id}", FailedView.Of(await db.FailedMessages.AsNoTracking().SingleAsync(message => message.Id == id, cancellationToken)));
    }

    public async Task<IResult> DecideAsync(FailedSelection selection, string action, FailedState state, Caller caller, string address, CancellationToken cancellationToken)
    {
        var rows = selection.OpenOf(db.FailedMessages);
        // Jobs cost money when they go on: they are meant only when their queue is named.
        var isRetry = state == FailedState.Requeueing && selection.Queue == Queues.FailedJobs;
        if (state == FailedState.Requeueing && !isRetry)
            rows = rows.Where(row => row.Queue != Queues.FailedJobs);
        var matched = await rows.CountAsync(cancellationToken);
        if (selection.DryRun || matched == 0)
            return Results.Accepted(null, new FailedDecided(matched, 0));
        var decided = isRetry
            ? await RetryAllAsync(rows, caller, address, cancellationToken)
            : await WriteAsync(rows, action, state, caller.Actor, address, selection.Job, $"by filter: {selection}", cancellationToken);
        await CarryOutAsync();
        return Results.Accepted(null, new FailedDecided(Math.Max(matched, decided), decided));
    }

    /// <summary>The retry lets the copy go in its own transaction; null when it did.</summary>
    private async Task<IResult?> RetryAsync(FailedMessageRow copy, Caller caller, string address, CancellationToken cancellationToken)
    {
        var answer = await jobs.RetryAsync(copy.JobId ?? "", null, new RetryRequest(), caller, address, cancellationToken);
        return answer is Problem ? answer : null;
    }

    private async Task<int> RetryAllAsync(IQueryable<FailedMessageRow> rows, Caller caller, string address, CancellationToken cancellationToken)
    {
        var retried = 0;
        foreach (var copy in await rows.AsNoTracking().OrderBy(row => row.Id).Take(MostRetries).ToListAsync(cancellationToken))
        {
            if (await RetryAsync(copy, caller, address, cancellationToken) is null)
                retried++;
        }

        return retried;
    }

    private Task<int> WriteAsync(
        IQueryable<FailedMessageRow> rows, string action, FailedState state, string actor, string address, string? jobId, string what, CancellationToken cancellationToken) =>
        outbox.InTransactionAsync(
            async cancel =>
            {
                var now = clock.GetUtcNow();
                var decided = await rows.ExecuteUpdateAsync(
                    update => update.SetProperty(row => row.State, state).SetProperty(row => row.DecidedBy, actor)
                        .SetProperty(row => row.DecidedAt, now).SetProperty(row => row.DueAt, now),
                    cancel);
                db.Audit.Add(access.Deed($"failed.{action}", actor, address, null, jobId, decided == 0 ? $"already decided: {what}" : $"{decided}: {what}"));
                return decided;
            },
            cancellationToken);

    /// <summary>Not ended by a caller who hangs up: the decision stands.</summary>
    private async Task CarryOutAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await work.RunAsync(limit.Token);
        }
        catch (Exception exception)
        {
            LogLater(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A decision on failed messages is carried out later")]
    private partial void LogLater(Exception exception);
}
