using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Patches;

namespace Orchestrator.Cli.Commands;

public static class ApplyCommand
{
    public static Command Create(CommandScope scope)
    {
        var job = scope.Job();
        var repo = new Option<string?>("--repo") { Description = "Checkout to change; the current folder's when absent", HelpName = "folder" };
        var check = new Option<bool>("--check") { Description = "Only say whether it fits; change nothing" };
        var conflicts = new Option<bool>("--conflicts") { Description = "Apply also when files conflict, and leave git's conflict marks in them" };
        var command = new Command("apply", "Apply a job's patch to a checkout (three-way)") { job, repo, check, conflicts };
        scope.Handle(command, async (session, stop) =>
        {
            var jobId = await session.JobIdAsync(job, stop);
            var folder = Path.GetFullPath(session.Parsed.GetValue(repo) ?? ".", session.Terminal.Folder);
            using var patch = await DownloadedFile.OfAsync(target => session.Server.CopyArtifactAsync(jobId, "patch.diff", target, stop));
            if (patch is null)
                throw await ArtifactCommand.MissingAsync(session, jobId, step: null, "patch.diff", stop);
            if (patch.Length == 0)
            {
                session.Terminal.Note("The job changed nothing; its patch is empty.");
                return ExitCodes.Done;
            }

            var plan = await new PatchApplication(folder).PlanAsync(patch.Path, await BaseCommitAsync(session, jobId, stop), stop);
            if (plan.Refusal is { } refusal)
                throw new UsageException($"The patch does not fit: {refusal}", "Nothing was changed.", ExitCodes.JobFailed);
            if (plan.Conflicts.Count > 0 && !session.Parsed.GetValue(conflicts))
                throw new UsageException($"The patch conflicts with this checkout in {string.Join(", ", plan.Conflicts)}.", "Nothing was changed. Check out the job's base, or apply it with --conflicts and settle them by hand.", ExitCodes.JobFailed);
            if (!plan.IsBase)
                session.Terminal.Note($"note: HEAD ({plan.Head[..10]}) is not the commit that the job started from; merged three-way.");

            if (!session.Parsed.GetValue(check))
                await PatchApplication.ApplyAsync(plan, patch.Path, stop);
            Report(session, plan, session.Parsed.GetValue(check));
            return plan.Conflicts.Count > 0 ? ExitCodes.JobFailed : ExitCodes.Done;
        });
        return command;
    }

    private static void Report(Session session, PatchPlan plan, bool dryRun)
    {
        foreach (var path in plan.Paths)
            session.Terminal.Out.WriteLine(TerminalText.OneLine(path));
        var files = plan.Paths.Count == 1 ? "1 file" : $"{plan.Paths.Count} files";
        session.Terminal.Note(dryRun ? $"It fits: {files} in {plan.Top}." : $"Applied to {files} in {plan.Top}, staged. Look: git diff --cached");
        foreach (var conflict in plan.Conflicts)
            session.Terminal.Note(TerminalText.OneLine($"conflict: {conflict}"));
    }

    private static async Task<string?> BaseCommitAsync(Session session, string jobId, CancellationToken stop)
    {
        using var result = await DownloadedFile.OfAsync(target => session.Server.CopyArtifactAsync(jobId, "result.json", target, stop));
        if (result is null)
            return null;
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(result.Path, stop));
        return document.RootElement.TryGetProperty("steps", out var steps)
            ? steps.EnumerateArray().Select(step => step.Text("metrics.base_commit")).FirstOrDefault(commit => commit is not null)
            : null;
    }
}
