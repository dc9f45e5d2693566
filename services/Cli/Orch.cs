using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using System.Text.Json;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Output;
using Orchestrator.Hosting;

namespace Orchestrator.Cli;

/// <summary>The tool: parses, runs one command, and turns whatever goes wrong into a line for people and an exit code for scripts.</summary>
public static class Orch
{
    // 128 + SIGINT, as shells report it.
    private const int Interrupted = 130;

    // 128 + SIGPIPE, likewise.
    private const int ReaderGone = 141;

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
            if (parsed.Action is not ParseErrorAction)
                return await parsed.InvokeAsync(configuration, stop);
            foreach (var line in Refusal(parsed))
                terminal.Note(TerminalText.OneLine(line));
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
        ReaderGoneException => (ReaderGone, []),
        IOException or UnauthorizedAccessException => (ExitCodes.Usage, Lines(failure.Message, null)),
        OperationCanceledException when stop.IsCancellationRequested => (Interrupted, []),
        _ => null,
    };

    private static IEnumerable<string> Lines(string message, string? hint) =>
        hint is null ? [$"error: {message}"] : [$"error: {message}", $"hint: {hint}"];

    // The library's own report would go to standard output and guess at every word of the line.
    private static IEnumerable<string> Refusal(ParseResult parsed)
    {
        var command = CommandLine(parsed.CommandResult);
        var names = parsed.CommandResult.Command.Subcommands.Select(sub => sub.Name).ToArray();
        IEnumerable<string> wrong = names.Length == 0
            ? parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal)
            : parsed.UnmatchedTokens is [var word, ..]
                ? [$"'{word}' is no command of {command}. Did you mean {NearestName.Of(word, names)}?"]
                : [$"{command} needs a command: {string.Join(", ", names)}."];
        return [.. wrong.Select(text => $"error: {text}"), $"hint: {command} --help"];
    }

    private static string CommandLine(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{CommandLine(parent)} {result.Command.Name}" : "orch";

    private static void Ask(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (stop.IsCancellationRequested)
            return;
        signal.Cancel = true;
        stop.Cancel();
    }
}
