using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using System.Text.Json;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli;

/// <summary>The tool: parses, runs one command, and turns whatever goes wrong into a line for people and an exit code for scripts.</summary>
public static class Orch
{
    // 128 + SIGINT, as shells report it.
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, TimeProvider time)
    {
        using var stop = new CancellationTokenSource();
        // The first signal asks, a second one finds the default behaviour and ends the process.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Ask(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Ask(signal, stop));
        return await RunAsync(arguments, terminal, time, stop.Token);
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, TimeProvider time, CancellationToken stop)
    {
        // @latest is a job, not a response file.
        var parsed = OrchCommand.Create(terminal, time).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            if (parsed.Action is not ParseErrorAction refusal)
                return await parsed.InvokeAsync(configuration, stop);
            refusal.ShowHelp = false;
            await parsed.InvokeAsync(configuration, stop);
            terminal.Note($"Try: {CommandLine(parsed.CommandResult)} --help");
            return ExitCodes.Usage;
        }
        catch (Exception failure) when (Explain(failure, stop) is { } explained)
        {
            foreach (var line in explained.Lines)
                terminal.Note(TerminalText.OneLine(line));
            return explained.ExitCode;
        }
    }

    private static (int ExitCode, IEnumerable<string> Lines)? Explain(Exception failure, CancellationToken stop) => failure switch
    {
        UsageException usage => (usage.ExitCode, Lines(usage.Message, usage.Hint)),
        ApiException refused => (refused.ExitCode, refused.Lines()),
        ServerUnreachableException silent => (ExitCodes.Unreachable, Lines(silent.Message, "Is it running? Start one here with `orch dev`, or look with `orch doctor`.")),
        JsonException garbled => (ExitCodes.Unreachable, Lines($"The answer could not be read: {garbled.Message}", "Is it an Orchestrator gateway that --server names?")),
        OperationCanceledException when stop.IsCancellationRequested => (Interrupted, []),
        _ => null,
    };

    private static IEnumerable<string> Lines(string message, string? hint) =>
        hint is null ? [$"error: {message}"] : [$"error: {message}", $"hint: {hint}"];

    private static string CommandLine(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{CommandLine(parent)} {result.Command.Name}" : result.Command.Name;

    private static void Ask(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (stop.IsCancellationRequested)
            return;
        signal.Cancel = true;
        stop.Cancel();
    }
}
