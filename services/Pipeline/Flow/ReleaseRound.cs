using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.Pipeline.Flow;

/// <summary>The statements of one round of the release; the context's clock is the database's.</summary>
internal sealed class ReleaseRound(PipelineDbContext db, PipelineOptions options, TimeProvider clock)
{
    /// <summary>Most runs that one round wakes for their concurrency key.</summary>
    private const int MostRuns = 200;

    /// <summary>Any number; the lock of the release among the locks of this database.</summary>
    private const long LockKey = 0x72656c65617365;

    /// <summary>A grant whose run did not answer is told again after this time.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(30);

    public async Task<Dictionary<(StepRole Role, PlaceState State), int>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = await db.Set<ReadyStep>().GroupBy(step => new { step.Role, step.State })
            .Select(steps => new { steps.Key.Role, steps.Key.State, Count = steps.Count() })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return counts.ToDictionary(row => (row.Role, row.State), row => row.Count);
    }

    /// <summary>
    /// Whether a round is worth its statements: a quarter of the window is free, or a place for each who waits. Until then the other
    /// three quarters keep the runners busy, and the sweep gives whatever is free.
    /// </summary>
    public bool HasRoom(IReadOnlyDictionary<(StepRole Role, PlaceState State), int> counts) => Enum.GetValues<StepRole>().Any(role =>
        counts.GetValueOrDefault((role, PlaceState.Waiting)) is > 0 and var waiting && Free(counts, role) >= Math.Min(waiting, Math.Max(1, options.DispatchWindow / 4)));

    public Task<bool> AnyKeyWaitsAsync(CancellationToken cancellationToken) =>
        db.Set<PipelineState>().AnyAsync(run => run.QueuedAt != null, cancellationToken);

    /// <summary>One process gives places at a time; whoever comes second need not wait, since the first does the same work. SQLite has one process.</summary>
    public async Task<bool> EnterAsync(CancellationToken cancellationToken) =>
        !db.Database.IsNpgsql() || await db.Database.SqlQuery<bool>($"select pg_try_advisory_xact_lock({LockKey}) as \"Value\"").SingleAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Gives the free places away and answers whom to tell; in a sweep it ages those who wait, and tells again who did not answer.</summary>
    public async Task<List<ReadyStep>> GrantAsync(bool sweep, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (sweep)
        {
            await db.Set<ReadyStep>().Where(step => step.State == PlaceState.Waiting && step.AgesAt <= now && step.Rank > 1)
                .ExecuteUpdateAsync(step => step.SetProperty(row => row.Rank, row => row.Rank - 2).SetProperty(row => row.AgesAt, now + options.PriorityAgeing), cancellationToken)
                .ConfigureAwait(false);
        }

        var told = now - TellAgain;
        var tell = sweep
            ? await db.Set<ReadyStep>().Where(step => step.State == PlaceState.Granted && step.GrantedAt <= told).ToListAsync(cancellationToken).ConfigureAwait(false)
            : [];
        var counts = await CountAsync(cancellationToken).ConfigureAwait(false);
        foreach (var role in Enum.GetValues<StepRole>().Where(role => counts.ContainsKey((role, PlaceState.Waiting))))
        {
            if (Free(counts, role) is > 0 and var free)
                tell.AddRange(await NextAsync(role, free, cancellationToken).ConfigureAwait(false));
        }

        foreach (var step in tell)
            (step.State, step.GrantedAt) = (PlaceState.Granted, now);
        return tell;
    }

    /// <summary>Runs that wait for their concurrency key although it has room.</summary>
    public Task<List<Guid>> AdmittableAsync(CancellationToken cancellationToken)
    {
        var runs = Table("runs");
        var statement =
            $$"""
            select run.* from {{runs}} run join (
              select correlation_id, concurrency_key, row_number() over (partition by concurrency_key order by queued_at, correlation_id) as place
              from {{runs}} where queued_at is not null) queued on queued.correlation_id = run.correlation_id
            where queued.place <= {0} - (
              select count(*) from {{runs}} held where held.concurrency_key = queued.concurrency_key and held.admitted_at is not null and held.finished_at is null)
            """;
        return db.Set<PipelineState>().FromSqlRaw(statement, options.JobsPerConcurrencyKey)
            .AsNoTracking().OrderBy(run => run.QueuedAt).Select(run => run.CorrelationId).Take(MostRuns).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The next of a role: by rank; within a rank the projects take turns, each counted with what it has on its way already; of equal
    /// turns the project that was served longest ago goes first; within a project by age.
    /// </summary>
    private async Task<List<ReadyStep>> NextAsync(StepRole role, int most, CancellationToken cancellationToken)
    {
        var name = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString());
        var (steps, turns, lockRows) = (Table("ready_steps"), Table("project_turns"), db.Database.IsNpgsql() ? " for update of step skip locked" : "");
        var statement =
            $$"""
            select step.* from {{steps}} step join (
              select waits.pipeline_id, waits.step_id, coalesce(turns.served, 0) as served,
                coalesce(sent.steps, 0) + row_number() over (partition by waits.rank, waits.project order by waits.ready_at, waits.pipeline_id, waits.step_id) as turn
              from {{steps}} waits
              left join {{turns}} turns on turns.role = waits.role and turns.project = waits.project
              left join (select project, count(*) as steps from {{steps}} where role = {0} and state <> 'waiting' group by project) sent on sent.project = waits.project
              where waits.role = {0} and waits.state = 'waiting') fair on fair.pipeline_id = step.pipeline_id and fair.step_id = step.step_id
            order by step.rank, fair.turn, fair.served, step.ready_at limit {1}{{lockRows}}
            """;
        var next = await db.Set<ReadyStep>().FromSqlRaw(statement, name, most).AsTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
        await ServeAsync(role, next, cancellationToken).ConfigureAwait(false);
        return next;
    }

    private async Task ServeAsync(StepRole role, List<ReadyStep> next, CancellationToken cancellationToken)
    {
        var projects = next.Select(step => step.Project).Distinct().ToList();
        var turns = await db.Set<ProjectTurn>().Where(turn => turn.Role == role && projects.Contains(turn.Project)).ToDictionaryAsync(turn => turn.Project, cancellationToken).ConfigureAwait(false);
        var served = clock.GetUtcNow().UtcTicks;
        foreach (var step in next)
        {
            if (!turns.TryGetValue(step.Project, out var turn))
                turns[step.Project] = turn = db.Add(new ProjectTurn { Role = role, Project = step.Project }).Entity;
            turn.Served = ++served;
        }
    }

    private int Free(IReadOnlyDictionary<(StepRole Role, PlaceState State), int> counts, StepRole role) =>
        options.DispatchWindow - counts.GetValueOrDefault((role, PlaceState.Granted)) - counts.GetValueOrDefault((role, PlaceState.Taken));

    private string Table(string name) => db.Database.IsNpgsql() ? $"\"{db.Schema}\".{name}" : name;
}
