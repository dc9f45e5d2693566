using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.FakeModel;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>The whole system in real mode: its runners start the real CLI, and programs that are up to no good.</summary>
public sealed class RealSystemTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("os-");
    private FakeModelServer model = null!;
    private RunningSystem system = null!;

    private string Source => Path.Join(folder.FullName, "source");

    public async ValueTask InitializeAsync()
    {
        model = await FakeModelServer.StartAsync(AgentScripts.Work("claude", 529) with { Key = RealLaunch.Key });
        await File.WriteAllTextAsync(Path.Join(folder.FullName, "model_key"), RealLaunch.Key);
        Directory.CreateDirectory(Source);
        await File.WriteAllTextAsync(Path.Join(Source, "README.md"), "# Sample\n\nhello\n");
        Git("init", "--quiet", "--initial-branch=main");
        Git("add", "--all");
        Git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "first");
        system = await RunningSystem.StartAsync(settings: new Dictionary<string, string>
        {
            ["Agents__Mode"] = "real",
            ["Agents__VersionTimeout"] = "00:01:00",
            ["Agents__Binaries__claude__Path"] = AgentPrograms.Of("claude"),
            ["Agents__Commands__command__Arguments__0"] = AgentPrograms.FakeAgent,
            ["Agents__Commands__command__Arguments__1"] = "endless-line=1000000000",
            ["Agents__Commands__command__Environment__DOTNET_ROOT"] = AgentPrograms.DotnetRoot,
            ["Agents__Commands__command__Environment__DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
            ["Models__Anthropic__BaseUrl"] = model.Url.AbsoluteUri,
            ["Models__Anthropic__Secret"] = "model_key",
            ["Models__SecretsFolder"] = folder.FullName,
            ["PROJECT_ALIASES"] = $"sample={Source}",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await system.DisposeAsync();
        await model.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_job_with_the_real_claude_ends_with_a_patch_and_its_bill_and_a_gigabyte_in_one_line_costs_the_runner_no_memory()
    {
        var id = await system.SubmitAsync(Job("claude"));
        var job = await system.FinishedAsync(id);

        job.GetProperty("status").GetString().Should().Be("completed", job.ToString());
        await File.WriteAllTextAsync(Path.Join(folder.FullName, "patch.diff"), system.Artifact(id, "patch.diff"));
        Git("apply", "--check", Path.Join(folder.FullName, "patch.diff"));
        system.Artifact(id, "patch.diff").Should().Contain("+hello, friend").And.Contain("+a note");
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

        var flood = await system.SubmitAsync(Job("command"));
        var flooded = await system.FinishedAsync(flood);

        flooded.GetProperty("status").GetString().Should().Be("completed", flooded.ToString());
        system.Artifact(flood, "steps/work/logs.txt").Should().Contain("[a line of 1000000000 bytes was left out]");
        (Memory(runner, "VmHWM") - before).Should().BeLessThanOrEqualTo(50 * 1024, "in KiB, of the runner's peak over what it had");
    }

    private static object Job(string agent) => new
    {
        goal = "Make the sample better.",
        project_id = "sample",
        steps = new[] { new { step_id = "work", agent, role = "implementer", prompt = "Change the greeting.", timeout_sec = 240 } },
    };

    private static long Memory(int process, string field) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith($"{field}:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture);

    private void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Source })!;
        git.WaitForExit();
        git.ExitCode.Should().Be(0, string.Join(' ', arguments));
    }
}
