using System.Diagnostics;
using System.Text.Json;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.Benchmarks;

/// <summary>Drives the whole system with jobs of three no-op steps.</summary>
internal sealed class Load(RunningSystem system, CompletedJobs completed)
{
    private static readonly object NoOpJob = new
    {
        goal = "no-op",
        steps = new[] { Step("a", "planner", "noop"), Step("b", "implementer", "noop"), Step("c", "reviewer", "noop") },
    };

    /// <summary>As fast as it goes: jobs per second, and CPU milliseconds per job, of everything and by process.</summary>
    public async Task<(double PerSecond, double CpuMs, IReadOnlyDictionary<string, double> ByName)> CapacityAsync(int jobs)
    {
        var cpu = new CpuClock();
        var watch = Stopwatch.StartNew();
        var ids = new string[jobs];
        await Parallel.ForAsync(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => ids[i] = await system.SubmitAsync(NoOpJob));
        await Task.WhenAll(ids.Select(completed.WhenAsync));
        var perSecond = jobs / watch.Elapsed.TotalSeconds;
        return (perSecond, cpu.Seconds * 1000 / jobs, cpu.ByName().ToDictionary(name => name.Key, name => name.Value * 1000 / jobs));
    }

    /// <summary>One job after the other: milliseconds from the request to the public event of its end.</summary>
    public async Task<double[]> AloneAsync(int jobs)
    {
        var times = new double[jobs];
        for (var i = 0; i < jobs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            times[i] = Stopwatch.GetElapsedTime(start, await completed.WhenAsync(await system.SubmitAsync(NoOpJob))).TotalMilliseconds;
        }

        return times;
    }

    /// <summary>At a steady rate: milliseconds of each submission, and from the end of each step to the start of the next.</summary>
    public async Task<(double[] Submit, double[] HandOver)> SteadyAsync(double perSecond, TimeSpan duration)
    {
        var submissions = new List<Task<(string Id, double Milliseconds)>>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond));
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration && await timer.WaitForNextTickAsync())
            submissions.Add(SubmitAsync());
        var submitted = await Task.WhenAll(submissions);
        await Task.WhenAll(submitted.Select(job => completed.WhenAsync(job.Id)));
        var gaps = new List<double>();
        foreach (var (id, _) in submitted.Take(500))
            gaps.AddRange(Gaps(await system.JobAsync(id)));
        return ([.. submitted.Select(job => job.Milliseconds)], [.. gaps]);
    }

    /// <summary>CPU per second of an idle system that holds this many parked jobs, as a fraction of one core.</summary>
    public async Task<double> IdleAsync(int parked, TimeSpan duration)
    {
        await Parallel.ForAsync(0, parked, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
            await system.SubmitAsync(new { goal = "wait", policy = new { requires_approval = true }, steps = new[] { Step("a", "planner", "noop") } }));
        await Task.Delay(TimeSpan.FromSeconds(5));
        var cpu = new CpuClock();
        await Task.Delay(duration);
        return cpu.Seconds / duration.TotalSeconds;
    }

    private async Task<(string Id, double Milliseconds)> SubmitAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var id = await system.SubmitAsync(NoOpJob);
        return (id, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static IEnumerable<double> Gaps(JsonElement job)
    {
        var steps = job.GetProperty("steps").EnumerateArray().ToList();
        for (var i = 1; i < steps.Count; i++)
            yield return (steps[i].GetProperty("started_at").GetDateTimeOffset() - steps[i - 1].GetProperty("finished_at").GetDateTimeOffset()).TotalMilliseconds;
    }

    private static object Step(string id, string role, string prompt) => new { step_id = id, agent = "simulated", role, prompt = $"simulate: {prompt}" };
}
