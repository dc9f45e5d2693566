using System.CommandLine;
using System.Text;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>Prints one of the artifacts of a job or of one of its steps.</summary>
public static class ArtifactCommand
{
    public static Command Create(CommandScope scope, string name, string description, string file)
    {
        var job = scope.Job();
        var step = new Option<string?>("--step") { Description = "That of one step instead of the whole job's", HelpName = "step" };
        var command = new Command(name, description) { job, step };
        scope.Handle(command, async (session, stop) =>
        {
            var jobId = await session.JobIdAsync(job, stop);
            var only = session.Parsed.GetValue(step);
            var path = only is null ? file : $"steps/{only}/{file}";
            if (!await PrintAsync(session, jobId, path, stop))
                throw await MissingAsync(session, jobId, only, path, stop);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Why an artifact is not there: no such job (which the server says), no such step, or not yet.</summary>
    public static async Task<UsageException> MissingAsync(Session session, string jobId, string? step, string path, CancellationToken stop)
    {
        var steps = ((await session.Server.JobAsync(jobId, stop)).Value.Steps ?? []).Select(known => known.StepId).ToArray();
        return step is null || steps.Contains(step, StringComparer.Ordinal)
            ? new UsageException($"There is no {path} of job {jobId} yet.", $"It is written when the {(step is null ? "job" : "step")} is over: orch status {jobId}", ExitCodes.NotFound)
            : new UsageException($"Job {jobId} has no step {step}.", $"Its steps: {string.Join(", ", steps)}", ExitCodes.NotFound);
    }

    /// <summary>To a pipe byte for byte; to a terminal without what could steer it.</summary>
    public static async Task<bool> PrintAsync(Session session, string jobId, string path, CancellationToken stop)
    {
        var terminal = session.Terminal;
        if (!terminal.OutIsTerminal)
            return await session.Server.CopyArtifactAsync(jobId, path, terminal.OutBytes, stop);
        using var bytes = new MemoryStream();
        if (!await session.Server.CopyArtifactAsync(jobId, path, bytes, stop))
            return false;
        var text = TerminalText.Clean(Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        if (path.EndsWith(".diff", StringComparison.Ordinal))
            DiffText.Write(terminal.Data, text);
        else
            await terminal.Out.WriteAsync(text.AsMemory(), stop);
        return true;
    }
}
