using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Agents;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Execution.Processes;

/// <summary>Runs processes with <see cref="Process"/>, and ends trees that it alone does not reach.</summary>
public sealed partial class ProcessRunner(TimeProvider time, ILogger<ProcessRunner> logger) : IProcessRunner
{
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <inheritdoc />
    public async Task<BoxExit> RunAsync(ProcessSpec spec, IAgentOutput output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Refusal(spec) is { } refusal)
            return NotStarted(refusal);

        var mark = spec.Cage == ProcessCage.Namespace ? spec.Mark! : Guid.NewGuid().ToString("N");
        Process process;
        try
        {
            process = await Failpoint.AroundAsync("agent.start", () => SpawnThread.StartAsync(StartInfo(spec, mark)));
        }
        catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException)
        {
            return NotStarted($"{spec.Arguments[0]} could not be started: {error.Message}");
        }

        IProcessTree tree = spec.Cage == ProcessCage.Namespace ? new NamespaceTree(mark) : new GroupTree(process.Id, mark);
        using var run = new ProcessRun(process, tree, spec, time);
        try
        {
            return await run.FinishAsync(output, cancellationToken);
        }
        finally
        {
            if (run.Survivors.Count > 0)
                LogSurvivors(process.Id, string.Join(' ', run.Survivors));
        }
    }

    private static string? Refusal(ProcessSpec spec)
    {
        if (spec.Arguments.Count == 0)
            return "no program is named";
        if (spec.Arguments.Any(HasNul) || spec.Environment.Any(variable => HasNul(variable.Key) || HasNul(variable.Value) || variable.Key.Contains('=', StringComparison.Ordinal)))
            return "an argument or a variable has a NUL character, or a variable's name has '='";
        if (!Directory.Exists(spec.WorkingDirectory))
            return $"the working directory {spec.WorkingDirectory} does not exist";
        if (spec.Cage == ProcessCage.Namespace && string.IsNullOrEmpty(spec.Mark))
            return "a namespace run needs a mark";
        if (spec.Cage == ProcessCage.Group && Executable.Find("setsid", SystemPath) is null)
            return "setsid is missing: install util-linux";
        return Program(spec) is null ? $"{spec.Arguments[0]} does not exist or may not be executed" : null;
    }

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);

    private static string? Program(ProcessSpec spec) => Executable.Find(spec.Arguments[0], spec.Environment.GetValueOrDefault("PATH") ?? SystemPath);

    private static ProcessStartInfo StartInfo(ProcessSpec spec, string mark)
    {
        var info = new ProcessStartInfo
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var program = Program(spec)!;
        info.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
            info.Environment[name] = value;
        if (spec.Cage == ProcessCage.Group)
        {
            // setsid execs in place (a fresh child leads no group), so the process id stays the one that we know.
            info.FileName = Executable.Find("setsid", SystemPath)!;
            info.ArgumentList.Add(program);
            info.Environment[GroupTree.MarkVariable] = mark;
        }
        else
        {
            info.FileName = program;
        }

        foreach (var argument in spec.Arguments.Skip(1))
            info.ArgumentList.Add(argument);
        return info;
    }

    private static BoxExit NotStarted(string reason) => new(null, null, BoxEnd.NotStarted, reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Processes of the run started as {Pid} could not be ended: {Survivors}")]
    private partial void LogSurvivors(int pid, string survivors);
}
