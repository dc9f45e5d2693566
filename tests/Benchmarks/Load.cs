using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.Benchmarks;

/// <summary>Drives the whole system with jobs of three no-op steps.</summary>
internal sealed class Load(RunningSystem system, CompletedJobs completed)
{
    private const int Steps = 3;
    private const int Submitters = 16;
    private const int MostViews = 400;

    private static readonly object NoOpJob = Job("noop");

    /// <summary>As fast as it goes: jobs per second, and CPU milliseconds per job, of everything and by process.</summary>
    public async Task<Capacity> CapacityAsync(int jobs)
    {
        var cpu = new CpuClock();
        var watch = Stopwatch.StartNew();
        var ids = new string[jobs];
        await Parallel.ForAsync(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = Submitters }, async (i, _) => ids[i] = await system.SubmitAsync(NoOpJob));
        await Task.WhenAll(ids.Select(completed.WhenAsync));
        var perSecond = jobs / watch.Elapsed.TotalSeconds;
        return new Capacity(perSecond, cpu.Seconds * 1000 / jobs, cpu.ByName().ToDictionary(name => name.Key, name => name.Value * 1000 / jobs));
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

    /// <summary>
    /// At a steady rate, with steps so long that <paramref name="inFlight"/> jobs are on their way: milliseconds of each submission, and from the
    /// end of each step to the start of the next, once so many are.
    /// </summary>
    public async Task<Steady> SteadyAsync(double perSecond, int inFlight, TimeSpan duration)
    {
        var step = TimeSpan.FromSeconds(inFlight / perSecond / Steps);
        var job = Job(string.Create(CultureInfo.InvariantCulture, $"sleep {step.TotalMilliseconds:0}ms\nsimulate: noop"));
        var fill = step * Steps;
        var submissions = new List<Task<Submitted>>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < fill + duration)
        {
            await timer.WaitForNextTickAsync();
            while (submissions.Count < watch.Elapsed.TotalSeconds * perSecond)
                submissions.Add(SubmitAsync(job, watch.Elapsed));
        }

        var submitted = await Task.WhenAll(submissions);
        await Task.WhenAll(submitted.Select(one => completed.WhenAsync(one.Id)));
        var gaps = new List<double>();
        // The last before the end of the filling: they run while everything is on its way.
        foreach (var one in submitted.Where(one => one.At > fill - step).Take(MostViews))
            gaps.AddRange(Gaps(await system.JobAsync(one.Id)));
        return new Steady([.. submitted.Where(one => one.At > fill).Select(one => one.Milliseconds)], [.. gaps]);
    }

    /// <summary>Submits jobs that wait for a person.</summary>
    public async Task ParkAsync(int jobs) =>
        await Parallel.ForAsync(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = Submitters }, async (_, _) =>
            await system.SubmitAsync(new { goal = "wait", policy = new { requires_approval = true }, steps = new[] { Step("a", "planner", "noop") } }));

    private async Task<Submitted> SubmitAsync(object job, TimeSpan at)
    {
        var start = Stopwatch.GetTimestamp();
        var id = await system.SubmitAsync(job);
        return new Submitted(id, at, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static IEnumerable<double> Gaps(JsonElement job)
    {
        var steps = job.GetProperty("steps").EnumerateArray().ToList();
        for (var i = 1; i < steps.Count; i++)
            yield return (steps[i].GetProperty("started_at").GetDateTimeOffset() - steps[i - 1].GetProperty("finished_at").GetDateTimeOffset()).TotalMilliseconds;
    }

    private static object Job(string prompt) => new
    {
        goal = "no-op",
        steps = new[] { Step("a", "planner", prompt), Step("b", "implementer", prompt), Step("c", "reviewer", prompt) },
    };

    private static object Step(string id, string role, string prompt) => new { step_id = id, agent = "simulated", role, prompt = $"simulate: {prompt}" };

    private sealed record Submitted(string Id, TimeSpan At, double Milliseconds);
}

/// <summary>What one run at full speed came to.</summary>
internal sealed record Capacity(double PerSecond, double CpuMs, IReadOnlyDictionary<string, double> ByName);

/// <summary>Milliseconds at a steady rate.</summary>
internal sealed record Steady(double[] Submit, double[] HandOver);
