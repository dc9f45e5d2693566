using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Persistence;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>What events need to know of their job: one look per table for a whole group of them.</summary>
public sealed class KnownJob
{
    /// <summary>The job, locked until the transaction ends.</summary>
    public required JobRow Job { get; init; }

    public List<JobStepRow> Steps { get; } = [];

    /// <summary>Launches that the events are about.</summary>
    public List<LaunchRow> Launches { get; } = [];

    /// <summary>Facts of the events that were told before.</summary>
    public HashSet<string> Told { get; } = new(StringComparer.Ordinal);

    /// <summary>The first step of the list that waits, as the events so far have left it.</summary>
    public JobStepRow? FirstParked => Steps.Where(step => step.ParkReason is not null).MinBy(step => step.Position);

    public JobStepRow? Step(string? stepId) => Steps.Find(step => string.Equals(step.StepId, stepId, StringComparison.Ordinal));

    public LaunchRow? Launch(long token) => Launches.Find(launch => launch.Token == token);

    /// <summary>The jobs of the events by the run that each event names; a run of a job that is not known has none.</summary>
    public static async Task<IReadOnlyDictionary<Guid, KnownJob>> LoadAsync(GatewayDbContext db, IReadOnlyList<ProjectedEvent> events, CancellationToken cancellationToken)
    {
        var asked = events.Select(one => one.PipelineId).Distinct().ToArray();
        var known = await LockAsync(db, asked, cancellationToken);
        var byRun = new Dictionary<Guid, KnownJob>(known);
        // A later run of a job has an id of its own.
        var later = asked.Where(id => !known.ContainsKey(id)).ToArray();
        if (later.Length > 0)
        {
            var runs = await db.JobRuns.Where(run => later.Contains(run.PipelineId)).Select(run => new { run.PipelineId, run.JobPipelineId }).ToListAsync(cancellationToken);
            foreach (var (id, job) in await LockAsync(db, [.. runs.Select(run => run.JobPipelineId).Distinct().Where(id => !known.ContainsKey(id))], cancellationToken))
                known[id] = job;
            foreach (var run in runs.Where(run => known.ContainsKey(run.JobPipelineId)))
                byRun[run.PipelineId] = known[run.JobPipelineId];
        }

        await FillAsync(db, known, events, cancellationToken);
        return byRun;
    }

    private static async Task<Dictionary<Guid, KnownJob>> LockAsync(GatewayDbContext db, Guid[] ids, CancellationToken cancellationToken) => ids.Length == 0
        ? []
        : (await db.FindAllLockedAsync<JobRow>(nameof(JobRow.PipelineId), ids, cancellationToken)).ToDictionary(job => job.PipelineId, job => new KnownJob { Job = job });

    private static async Task FillAsync(GatewayDbContext db, Dictionary<Guid, KnownJob> known, IReadOnlyList<ProjectedEvent> events, CancellationToken cancellationToken)
    {
        if (known.Count == 0)
            return;
        var (ids, facts, tokens) = (known.Keys.ToArray(), events.Select(one => one.Fact).Distinct().ToArray(), events.Select(one => one.Token).OfType<long>().Distinct().ToArray());
        foreach (var fact in await db.JobEvents.Where(row => ids.Contains(row.PipelineId) && facts.Contains(row.Fact)).Select(row => new { row.PipelineId, row.Fact }).ToListAsync(cancellationToken))
            known[fact.PipelineId].Told.Add(fact.Fact);
        foreach (var step in await db.JobSteps.AsTracking().Where(row => ids.Contains(row.PipelineId)).ToListAsync(cancellationToken))
            known[step.PipelineId].Steps.Add(step);
        if (tokens.Length == 0)
            return;
        foreach (var launch in await db.Launches.AsTracking().Where(row => ids.Contains(row.PipelineId) && tokens.Contains(row.Token)).ToListAsync(cancellationToken))
            known[launch.PipelineId].Launches.Add(launch);
    }
}
