using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Dev;
using Orchestrator.Cli.Patches;
using Orchestrator.Cli.Watching;

namespace Orchestrator.Cli.Commands;

/// <summary>A first job from nothing: dev mode on a free port, a sample repository, the default pipeline, live; then a look at what came out.</summary>
public static class DemoCommand
{
    private const string Data = "data";
    private const string Goal = "Say in the README how to run the tests.";

    public static Command Create(CommandScope scope)
    {
        var keep = new Option<bool>("--keep") { Description = "Keep also the server's data, for orch dev --data" };
        var command = new Command("demo", "Run a sample job from nothing and show what comes out") { keep };
        scope.Handle(command, async (session, stop) =>
        {
            // Not since the process began: behind ./orch that is before the build.
            var watch = Stopwatch.StartNew();
            var folder = Directory.CreateTempSubdirectory("orch-demo-").FullName;
            var kept = session.Parsed.GetValue(keep);
            try
            {
                return await RunAsync(session, folder, watch, kept, stop);
            }
            finally
            {
                // The server is gone by now; what the demo names (sample, report, patch) stays to be looked at.
                if (!kept && Directory.Exists(Path.Combine(folder, Data)))
                    Directory.Delete(Path.Combine(folder, Data), recursive: true);
            }
        });
        return command;
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static async Task<int> RunAsync(Session session, string folder, Stopwatch watch, bool kept, CancellationToken stop)
    {
        var note = session.Terminal.Note;
        var repository = Path.Combine(folder, "sample");
        await SampleRepository.MakeAsync(repository, stop);
        await using var server = await DevServer.StartAsync(Path.Combine(folder, Data), 0, [], stop);
        note($"Orchestrator runs at {server.Address.Url}, all services in this process");
        using var client = new OrchestratorClient(server.Address, session.Time);
        var project = (await client.ProjectOfAsync(repository, stop)).Value;
        var submitted = (await client.SubmitAsync(new JsonObject { ["goal"] = Goal, ["project_id"] = project.Id }, Guid.NewGuid().ToString("N"), stop)).Value;
        note($"Submitted {submitted.JobId}: {Goal}");

        var lines = new StepLines(session.Terminal.Error);
        JobView? job = null;
        await foreach (var look in new JobWatch(client, session.Time).FollowAsync(submitted.JobId, tick: null, stop))
            lines.Show(job = look);
        var elapsed = watch.Elapsed;
        if (job is not { Status: "completed" })
        {
            note($"The job is {job?.Status}: {job?.Error?.Message}");
            return ExitCodes.JobFailed;
        }

        var results = Directory.CreateDirectory(Path.Combine(folder, "results")).FullName;
        foreach (var name in new[] { "report.md", "patch.diff", "logs.txt", "result.json" })
        {
            await using var file = File.Create(Path.Combine(results, name));
            await client.CopyArtifactAsync(job.JobId, name, file, stop);
        }

        var patch = new FileInfo(Path.Combine(results, "patch.diff"));
        var check = await new Git(repository).RunAsync(["apply", "--check", patch.FullName], stop);
        var good = patch.Length > 0 && check.ExitCode == 0;
        var text = await File.ReadAllTextAsync(patch.FullName, stop);
        session.Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {text}
            Report  {Path.Combine(results, "report.md")}
            Patch   {patch.FullName} ({patch.Length} bytes, {(good ? "applies to the sample's base" : $"does NOT apply: {check.Error}")})
            Time    {elapsed.TotalSeconds:0.0} s from start to finished job
            Memory  {PeakMemory() / 1048576} MiB at most
            """));
        note(kept
            ? $"The server's data is kept too. Next: orch dev --data {Path.Combine(folder, Data)}"
            : "Next: ./orch dev, then in another terminal ./orch submit --goal \"…\" --repo . --watch");
        return good ? ExitCodes.Done : ExitCodes.JobFailed;
    }
}
