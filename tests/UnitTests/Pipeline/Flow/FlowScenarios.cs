using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Flow;
using Orchestrator.UnitTests.Pipeline.Saga;

namespace Orchestrator.UnitTests.Pipeline.Flow;

/// <summary>Who gets a runner next. The test plays a runner with one slot, so the order is the saga's own.</summary>
public abstract class FlowScenarios
{
    /// <summary>Jobs of the project that floods the others.</summary>
    protected abstract int Flood { get; }

    [Fact]
    public async Task One_job_of_a_project_waits_for_a_few_steps_and_not_for_the_flood_of_another()
    {
        const int Window = 4;
        await using var host = await StartAsync(Window);
        await SubmitAsync(host, Enumerable.Range(0, Window).Select(_ => Job("flood")));
        await GivenAwayAsync(host, Window);
        await SubmitAsync(host, Enumerable.Range(Window, Flood - Window).Select(_ => Job("flood")));
        await QueuedAsync(host, Flood - Window);

        await host.SubmitAsync(Job("small"));
        await QueuedAsync(host, Flood - Window + 1);

        host.Seen.OfType<ReserveBudget>().Should().HaveCount(Window, "what waits holds no money");
        var before = 0;
        while ((await host.AskAsync(db => db.Set<ReadyStep>().AnyAsync(step => step.Project == "small" && step.State == PlaceState.Waiting))) && before < 20)
        {
            var ran = (await host.RunNextAsync()).Key;
            before++;
            await Eventually.IsTrueAsync(() => host.AskAsync(async db => !await db.Set<ReadyStep>().AnyAsync(step => step.PipelineId == ran.PipelineId)));
            await GivenAwayAsync(host, Window);
        }

        before.Should().BeLessThanOrEqualTo(1, "the small project has nothing on its way and the other four");
    }

    [Fact]
    public async Task Projects_take_turns()
    {
        await using var host = await StartAsync(window: 1);
        await host.SubmitAsync(Job("blocker"));
        await host.SeenAsync<RunStep>();
        foreach (var project in (string[])["a", "a", "a", "a", "b", "b", "c"])
            await host.SubmitAsync(Job(project));
        await QueuedAsync(host, 7);

        var order = await RunAsync(host, 8);

        order[1..4].Should().BeEquivalentTo("a", "b", "c");
        order[4..6].Should().BeEquivalentTo("a", "b");
        order[6..].Should().Equal("a", "a");
    }

    [Fact]
    public async Task High_priority_goes_before_normal_and_normal_before_low()
    {
        await using var host = await StartAsync(window: 1);
        await host.SubmitAsync(Job("blocker"));
        await host.SeenAsync<RunStep>();
        foreach (var priority in (JobPriority[])[JobPriority.Low, JobPriority.Normal, JobPriority.High])
            await host.SubmitAsync(Job($"{priority}") with { Priority = priority });
        await QueuedAsync(host, 3);

        (await RunAsync(host, 4)).Should().Equal("blocker", "High", "Normal", "Low");
    }

    [Fact]
    public async Task Low_priority_that_has_waited_long_enough_goes_before_what_came_later()
    {
        await using var host = await StartAsync(window: 1, ("Pipeline:PriorityAgeing", "00:00:01"));
        await host.SubmitAsync(Job("blocker"));
        await host.SeenAsync<RunStep>();
        await host.SubmitAsync(Job("old") with { Priority = JobPriority.Low });
        await Eventually.IsTrueAsync(() => host.AskAsync(db => db.Set<ReadyStep>().AnyAsync(step => step.Project == "old" && step.Rank == 1)));

        await host.SubmitAsync(Job("new") with { Priority = JobPriority.Normal });
        await QueuedAsync(host, 2);

        (await RunAsync(host, 3)).Should().Equal("blocker", "old", "new");
    }

    [Fact]
    public async Task A_ready_step_of_a_started_job_goes_before_a_new_job()
    {
        await using var host = await StartAsync(window: 1);
        await host.SubmitAsync(Job("started", Step("a"), Step("b")));
        await host.SeenAsync<RunStep>();
        await host.SubmitAsync(Job("new"));
        await QueuedAsync(host, 1);
        await host.SubmitAsync(Job("newer"));
        await QueuedAsync(host, 2);
        host.Seen.OfType<JobStarted>().Should().ContainSingle();
        var first = await host.StartNextAsync();
        await GivenAwayAsync(host, 1);
        await QueuedAsync(host, 1);

        await host.PublishAsync(SagaHost.Report(first, StepOutcome.Succeeded));
        await QueuedAsync(host, 2);

        (await RunAsync(host, 3)).Should().Equal("new", "started", "newer");
    }

    [Fact]
    public async Task A_job_that_waits_for_a_runner_is_cancelled_at_once_and_leaves_nothing_behind()
    {
        await using var host = await StartAsync(window: 1);
        await host.SubmitAsync(Job("blocker"));
        await host.SeenAsync<RunStep>();
        var waiting = Job("waiting");
        var id = await host.SubmitAsync(waiting);
        await QueuedAsync(host, 1);

        await host.SendAsync(new CancelJob(id, "ann", null));

        (await host.SeenAsync<JobCancelled>()).JobId.Should().Be(waiting.JobId);
        await QueuedAsync(host, 0);
        host.Seen.OfType<ReserveBudget>().Should().ContainSingle();
    }

    [Fact]
    public async Task What_waits_goes_on_after_a_restart_although_the_bus_forgot()
    {
        await using var host = await StartAsync(window: 1);
        await host.SubmitAsync(Job("a"));
        await host.SeenAsync<RunStep>();
        await host.SubmitAsync(Job("b"));
        await QueuedAsync(host, 1);

        await host.RestartAsync();
        await RunAsync(host, 2);

        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobCompleted>().Count() == 2);
    }

    [Fact]
    public async Task Jobs_of_one_key_run_one_after_the_other_in_the_order_they_came()
    {
        await using var host = await StartAsync(window: 16);
        var jobs = new List<JobDocument>();
        for (var i = 0; i < 4; i++)
        {
            jobs.Add(Job("p") with { ConcurrencyKey = "deploy" });
            await host.SubmitAsync(jobs[i]);
            await Eventually.IsTrueAsync(() => host.Seen.OfType<JobStarted>().Count() + host.Seen.OfType<JobQueued>().Count() == i + 1);
        }

        host.Seen.OfType<JobQueued>().Should().HaveCount(3).And.OnlyContain(queued => queued.Detail.Contains("'deploy'") && queued.Detail.Contains(jobs[0].JobId));
        await host.SubmitAsync(Job("p") with { ConcurrencyKey = "other" });
        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobStarted>().Count() == 2);

        // Cancelling one that waits ends it at once and lets nobody else in.
        await host.SendAsync(new CancelJob(host.Started[jobs[2].JobId].PipelineId, "ann", null));
        (await host.SeenAsync<JobCancelled>()).JobId.Should().Be(jobs[2].JobId);
        host.Seen.OfType<JobStarted>().Should().HaveCount(2);
        await host.RestartAsync();
        for (var i = 0; i < 4; i++)
            await host.RunNextAsync();

        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobCompleted>().Count() == 4);
        host.Seen.OfType<JobStarted>().Select(started => started.JobId).Where(id => jobs.Exists(job => job.JobId == id))
            .Should().Equal(jobs[0].JobId, jobs[1].JobId, jobs[3].JobId);
    }

    [Fact]
    public async Task A_key_whose_wake_was_lost_is_found_by_the_sweep()
    {
        await using var host = await StartAsync(window: 16, ("Pipeline:JobsPerConcurrencyKey", "2"));
        for (var i = 0; i < 3; i++)
            await host.SubmitAsync(Job("p") with { ConcurrencyKey = "deploy" });
        await host.SeenAsync<JobQueued>();
        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobStarted>().Count() == 2);

        // As after a kill between the end of a run and its messages: the place is free, nobody was told.
        var ended = host.Seen.OfType<JobStarted>().First().PipelineId;
        await host.AskAsync(db => db.Set<Orchestrator.Pipeline.Saga.PipelineState>().Where(run => run.CorrelationId == ended)
            .ExecuteUpdateAsync(run => run.SetProperty(row => row.FinishedAt, DateTimeOffset.UnixEpoch)));

        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobStarted>().Count() == 3);
    }

    protected abstract Task<Dictionary<string, string?>> SettingsAsync();

    protected static JobDocument Job(string project, params StepDocument[] steps) =>
        new() { JobId = Guid.NewGuid().ToString("N"), Goal = "test", ProjectId = project, Steps = steps.Length == 0 ? [Step("a")] : steps };

    protected static StepDocument Step(string id) => new() { StepId = id, Agent = "simulated", Role = "implementer", Prompt = "p" };

    private async Task<SagaHost> StartAsync(int window, params (string Name, string Value)[] settings)
    {
        var all = await SettingsAsync();
        all["Pipeline:DispatchWindow"] = $"{window}";
        all["Pipeline:ReserveDeadline"] = all["Pipeline:DispatchDeadline"] = "00:10:00";
        foreach (var (name, value) in settings)
            all[name] = value;
        return await SagaHost.StartAsync(host => host.Runner = _ => null, all);
    }

    private static Task SubmitAsync(SagaHost host, IEnumerable<JobDocument> jobs) => Parallel.ForEachAsync(jobs, async (job, _) => await host.SubmitAsync(job));

    /// <summary>Waits until so many steps wait for a place and the others have theirs.</summary>
    private static Task QueuedAsync(SagaHost host, int count) =>
        Eventually.IsTrueAsync(() => host.AskAsync(async db => await db.Set<ReadyStep>().CountAsync(step => step.State == PlaceState.Waiting) == count), TimeSpan.FromMinutes(3));

    /// <summary>Waits until the places that became free are given away.</summary>
    private static Task GivenAwayAsync(SagaHost host, int window) =>
        Eventually.IsTrueAsync(() => host.AskAsync(async db => await db.Set<ReadyStep>().CountAsync(step => step.State == PlaceState.Taken) == window), TimeSpan.FromMinutes(1));

    /// <summary>Runs so many steps one after the other and answers the projects in their order.</summary>
    private static async Task<List<string>> RunAsync(SagaHost host, int steps)
    {
        var order = new List<string>();
        for (var i = 0; i < steps; i++)
        {
            var ran = await host.RunNextAsync();
            order.Add(host.Seen.OfType<ReserveBudget>().First(reserve => reserve.Key == ran.Key).ProjectId!);
        }

        return order;
    }
}
