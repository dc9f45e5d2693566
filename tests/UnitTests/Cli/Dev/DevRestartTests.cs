using AwesomeAssertions;

namespace Orchestrator.UnitTests.Cli.Dev;

/// <summary>Two classes, so that they run side by side: each starts <c>orch dev</c> twice.</summary>
public sealed class DevKillTests
{
    [Fact]
    public Task A_job_whose_process_was_killed_is_finished_and_no_finished_step_runs_again() => DevRestart.RunAsync("KILL");
}

public sealed class DevStopTests
{
    [Fact]
    public Task A_job_whose_process_was_stopped_is_finished_and_no_finished_step_runs_again() => DevRestart.RunAsync("TERM");
}

internal static class DevRestart
{
    private const string Job = """
        goal: Live through a restart.
        steps:
          - {step_id: before, agent: simulated, role: planner, prompt: "simulate: noop"}
          - {step_id: during, agent: simulated, role: implementer, prompt: "simulate: sleep 3s\nsimulate: write path=done.txt text=yes", timeout_sec: 60}
          - {step_id: after, agent: simulated, role: reviewer, prompt: "simulate: noop"}
        """;

    public static async Task RunAsync(string signal)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Join("job.yaml"), Job, TestContext.Current.CancellationToken);
        string id;
        await using (var first = await OrchProcess.StartDevAsync(folder.Path))
        {
            id = (await CliRun.Of(["submit", "-f", "job.yaml", "-o", "name"], folder.Path)).Out.Trim();
            await Eventually.IsTrueAsync(async () => await OrchProcess.StepStatusAsync(folder.Path, id, "during") == "running", TimeSpan.FromMinutes(2));
            await first.SignalAsync(signal);
        }

        await using var second = await OrchProcess.StartDevAsync(folder.Path);
        var watch = await CliRun.Of(["watch", id, "--timeout", "120s"], folder.Path);

        watch.ExitCode.Should().Be(0, watch.Error);
        var job = await OrchProcess.JobAsync(folder.Path, id);
        job.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("usage").GetProperty("launches").GetInt32()).Should().Equal(1, 2, 1);
        (await CliRun.Of(["diff", id], folder.Path)).Out.Should().Contain("+yes");
    }
}
