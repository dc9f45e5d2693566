using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Persistence.Sagas;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.Pipeline.Flow;

/// <summary>The places of each role: how many launches may be on their way to its runners. One statement decides; the rows travel with the run's own.</summary>
public sealed class Places(Release release, IOptions<PipelineOptions> options, TimeProvider clock)
{
    /// <summary>Whether the step may be launched now: a place is free and nobody waits for it. Two who ask at the same time may both get the last one.</summary>
    public async Task<bool> TakeAsync(BehaviorContext<PipelineState> context, StepProgress step)
    {
        if (step.Place == PlaceState.Taken)
            return true;
        var run = context.Saga;
        var role = run.PlanOf(step).Role;
        var db = context.GetPayload<PipelineDbContext>();
        var rows = db.Set<ReadyStep>().Where(row => row.Role == role);
        // Two looks into the index, however many wait: no more have a place than the window has, and one who waits is enough.
        var states = await rows.Where(row => row.State == PlaceState.Granted || row.State == PlaceState.Taken).Select(row => row.State)
            .Concat(rows.Where(row => row.State == PlaceState.Waiting).OrderBy(row => row.Rank).Select(row => row.State).Take(1))
            .ToListAsync(context.CancellationToken).ConfigureAwait(false);
        var (sent, waits) = (states.Count(state => state != PlaceState.Waiting), states.Contains(PlaceState.Waiting));

        // What this very message and others of its transaction have decided is not written yet.
        foreach (var row in db.ChangeTracker.Entries<ReadyStep>().Where(row => row.Entity.Role == role))
        {
            var before = row.State == EntityState.Added ? null : (PlaceState?)row.OriginalValues.GetValue<PlaceState>(nameof(ReadyStep.State));
            var now = row.State == EntityState.Deleted ? null : (PlaceState?)row.Entity.State;
            // Who waited and has its place now was granted it: the row that is counted says so.
            sent += before == PlaceState.Waiting && now == PlaceState.Taken ? 0 : Counts(now) - Counts(before);
            waits |= row.State != EntityState.Unchanged && now == PlaceState.Waiting;
        }

        foreach (var other in run.Progress.Steps.Where(other => other != step && run.PlanOf(other).Role == role))
        {
            if (other.Place != PlaceState.Taken && HasPlace(other))
                sent++;
            waits |= other.Stage == StepStage.Queued && other.Place != PlaceState.Waiting;
        }

        // What other transactions take meanwhile is not seen: who takes several places at once leaves most of them to the release.
        var window = context.GetPayload<SagaCompany>().IsShared ? Math.Max(1, options.Value.DispatchWindow / 4) : options.Value.DispatchWindow;
        return !waits && sent < window;
    }

    /// <summary>Brings the rows in line with the run; they are written with it.</summary>
    public void Keep(BehaviorContext<PipelineState> context)
    {
        foreach (var step in context.Saga.Progress.Steps)
        {
            PlaceState? now = HasPlace(step) ? PlaceState.Taken : step.Stage == StepStage.Queued ? PlaceState.Waiting : null;
            if (now == step.Place)
                continue;
            Track(context.GetPayload<PipelineDbContext>(), Row(context.Saga, step, step.Place ?? now), now is null ? null : Row(context.Saga, step, now), isNew: step.Place is null);
            step.Place = now;
            if (now == PlaceState.Waiting)
                release.Expect();
        }
    }

    /// <summary>An earlier message of the transaction may have changed the row already.</summary>
    private static void Track(PipelineDbContext db, ReadyStep before, ReadyStep? now, bool isNew)
    {
        var row = db.ChangeTracker.Entries<ReadyStep>().FirstOrDefault(known => known.Entity.PipelineId == before.PipelineId && known.Entity.StepId == before.StepId)
            ?? (isNew ? db.Add(before) : db.Attach(before));
        if (now is null)
            row.State = row.State == EntityState.Added ? EntityState.Detached : EntityState.Deleted;
        else if (row.State == EntityState.Deleted)
            row.State = EntityState.Modified;
        if (now is not null)
            row.CurrentValues.SetValues(now);
    }

    private static int Counts(PlaceState? place) => place is PlaceState.Granted or PlaceState.Taken ? 1 : 0;

    private static bool HasPlace(StepProgress step) => step.Stage is StepStage.Reserving or StepStage.Dispatched;

    private ReadyStep Row(PipelineState run, StepProgress step, PlaceState? state) => new()
    {
        PipelineId = run.CorrelationId,
        StepId = step.Id,
        Role = run.PlanOf(step).Role,
        Project = run.Plan.ProjectId ?? "",
        Rank = ReadyStep.RankOf(run.Plan.Priority, run.Progress.Started),
        State = state ?? PlaceState.Waiting,
        ReadyAt = clock.GetUtcNow(),
        AgesAt = clock.GetUtcNow() + options.Value.PriorityAgeing,
    };
}
