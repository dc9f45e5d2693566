using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.JobFiles;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Watching;

namespace Orchestrator.Cli.Commands;

public static class SubmitCommand
{
    public static Command Create(CommandScope scope)
    {
        var file = new Option<string?>("--file", "-f") { Description = "Job file, JSON or YAML; - reads standard input", HelpName = "file" };
        var goal = new Option<string?>("--goal", "-g") { Description = "What shall be achieved" };
        var repo = new Option<string?>("--repo") { Description = "Repository to work on: a folder or a URL; makes or finds its project", HelpName = "path|url" };
        var project = new Option<string?>("--project", "-p") { Description = "Configured project to work on", HelpName = "id" };
        var baseRef = new Option<string?>("--base-ref") { Description = "Branch, tag or commit to start from", HelpName = "ref" };
        var tags = new Option<string[]>("--tag") { Description = "Label for search; may be repeated", HelpName = "tag" };
        var key = new Option<string?>("--idempotency-key") { Description = "Makes a repeated submission the same job", HelpName = "key" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Stay and show the steps live" };
        var timeout = TimeoutOption.Create();
        var command = new Command("submit", "Submit a job") { file, goal, repo, project, baseRef, tags, key, watch, timeout };
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is null && result.GetValue(goal) is null)
                result.AddError("Say what to do: --goal TEXT or -f FILE.");
            if (result.GetValue(repo) is not null && result.GetValue(project) is not null)
                result.AddError("--repo and --project both name what to work on; give one.");
        });
        scope.Handle(command, async (session, stop) =>
        {
            var parsed = session.Parsed;
            var job = parsed.GetValue(file) is { } path ? JobFile.Read(Resolve(session, path), session.Terminal.In) : new JsonObject();
            Set(job, "goal", parsed.GetValue(goal));
            Set(job, "project_id", parsed.GetValue(project));
            Set(job, "base_ref", parsed.GetValue(baseRef));
            AddTags(job, parsed.GetValue(tags) ?? []);
            if (parsed.GetValue(repo) is { } repository)
                Set(job, "project_id", await RepositoryProject.FindAsync(session, repository, stop));
            else if (job["project_id"] is null && Text(job, "workdir") is { } workdir)
                await WorkInAsync(session, job, workdir, stop);

            // Each call is a submission of its own, but a repetition after a lost connection is not.
            var submitted = await session.Server.SubmitAsync(job, parsed.GetValue(key) ?? Text(job, "idempotency_key") ?? $"orch-{Guid.NewGuid():n}", stop);
            var jobId = submitted.Value.JobId;
            foreach (var notice in submitted.Value.Notices ?? [])
                session.Terminal.Note(TerminalText.OneLine($"note: {notice}"));
            if (submitted.Value.Duplicate)
                session.Terminal.Note($"This was submitted before; it is job {jobId}.");
            if (!parsed.GetValue(watch))
            {
                session.Printer.Item(submitted.Json, "job_id", () => session.Terminal.Out.WriteLine(jobId));
                if (session.Printer.Format == OutputFormat.Table)
                    session.Terminal.Note($"next: orch watch {jobId}");
                return ExitCodes.Done;
            }

            session.Terminal.Note($"Submitted job {jobId}");
            var last = await Watcher.WatchAsync(session, jobId, parsed.GetValue(timeout), stop);
            return await Watcher.FinishAsync(session, last, stop);
        });
        return command;
    }

    /// <summary>A job file of version 1.0 works where it is submitted: its workdir names a repository of this machine, which a server elsewhere would not find.</summary>
    private static async Task WorkInAsync(Session session, JsonObject job, string workdir, CancellationToken stop)
    {
        if (!session.Server.Server.Url.IsLoopback)
            return;
        var folder = Path.GetFullPath(workdir, session.Terminal.Folder);
        if (!await RepositoryProject.IsRepositoryAsync(folder, stop))
        {
            session.Terminal.Note(TerminalText.OneLine($"note: workdir {folder} is in no git work tree; the job starts in an empty workspace."));
            return;
        }

        try
        {
            job["project_id"] = await RepositoryProject.FindAsync(session, folder, stop);
            job.Remove("workdir");
        }
        catch (ApiException refused) when (refused.Problem.Code == "repository_not_allowed")
        {
            // A port of this machine may lead to a server that has its runners elsewhere.
            session.Terminal.Note(TerminalText.OneLine($"note: the server works on no folder of this machine ({refused.Message}); workdir {folder} counts for nothing. Name a project with --project or --repo URL."));
        }
    }

    private static string Resolve(Session session, string path) => path == "-" ? path : Path.Combine(session.Terminal.Folder, path);

    private static void Set(JsonObject job, string field, string? value)
    {
        if (value is not null)
            job[field] = value;
    }

    /// <summary>What is no text is left to the server to refuse.</summary>
    private static string? Text(JsonObject job, string field) => job[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static void AddTags(JsonObject job, string[] tags)
    {
        if (tags.Length == 0)
            return;
        if (job["tags"] is not (null or JsonArray))
            throw new UsageException("$.tags of the job file is no list.", "Write it as a list of words, or take it out.");
        if (job["tags"] is not JsonArray present)
            job["tags"] = present = [];
        foreach (var tag in tags)
            present.Add(tag);
    }
}
