using System.Globalization;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.IntegrationTests.Journeys;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>The whole system with real agents: its runners start the real CLI, and programs that are up to no good.</summary>
[Collection(nameof(OneSystem))]
public sealed class RealSystemTests(OneSystem one)
{
    [Fact]
    public async Task A_job_with_the_real_claude_ends_with_a_patch_and_its_bill_and_a_gigabyte_in_one_line_costs_the_runner_no_memory()
    {
        var (system, model) = (one.System, one.Model);
        var sample = await SampleRepository.CreateAsync(system, ("README.md", "# Sample\n\nhello\n"));
        model.Script = AgentScripts.Work("claude", 529) with { Key = RealLaunch.Key };
        var id = await system.SubmitAsync(Job(sample, "claude"));
        var job = await system.FinishedAsync(id);

        job.GetProperty("status").GetString().Should().Be("completed", job.ToString());
        (await sample.PatchedAsync(system.Artifact(id, "patch.diff"), "README.md")).Should().Be("# Sample\n\nhello, friend\n");
        system.Artifact(id, "patch.diff").Should().Contain("+a note");
        foreach (var path in new[] { "result.json", "steps/work/result.json" })
        {
            var metrics = JsonDocument.Parse(system.Artifact(id, path)).RootElement.GetProperty("metrics");
            // 1450 x 2 + 4550 x 0.1 + 500 x 2.5 + 180 x 10 = 6405 micro-dollars.
            metrics.GetProperty("cost_usd").GetDecimal().Should().Be(0.006405m, path);
            (metrics.GetProperty("tokens_in").GetInt64(), metrics.GetProperty("tokens_out").GetInt64()).Should().Be((6500, 180));
        }

        model.Seen.Should().OnlyContain(request => request.Status == 0 || request.Key == RealLaunch.Key);

        // The runner is warm now; the kernel counts its peak anew.
        var runner = system.Of("ImplementerRunner").Id;
        var before = Memory(runner, "VmRSS");
        await File.WriteAllTextAsync($"/proc/{runner}/clear_refs", "5");

        var flood = await system.SubmitAsync(Job(sample, "command"));
        var flooded = await system.FinishedAsync(flood);

        flooded.GetProperty("status").GetString().Should().Be("completed", flooded.ToString());
        system.Artifact(flood, "steps/work/logs.txt").Should().Contain("[a line of 1000000000 bytes was left out]");
        (Memory(runner, "VmHWM") - before).Should().BeLessThanOrEqualTo(50 * 1024, "in KiB, of the runner's peak over what it had");
    }

    private static object Job(SampleRepository sample, string agent) => new
    {
        goal = "Make the sample better.",
        project_id = sample.ProjectId,
        steps = new[] { new { step_id = "work", agent, role = "implementer", prompt = "Change the greeting.", timeout_sec = 240 } },
    };

    private static long Memory(int process, string field) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith($"{field}:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture);
}
