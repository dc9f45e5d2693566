using System.Globalization;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Simulated;

/// <summary>
/// Works without a model: deterministic, free, in this process. By itself it does a little honest work of its role; lines <c>simulate: …</c> of the prompt
/// make it do anything that an agent may do to us (see README.md).
/// </summary>
public sealed class SimulatedAgent(TimeProvider time) : ICodingAgent
{
    private static readonly string FloodLine = new('x', 1023);

    /// <inheritdoc />
    public string Name => AgentNames.Simulated;

    /// <inheritdoc />
    public bool NeedsBox => false;

    /// <inheritdoc />
    public ModelApi? Model => null;

    /// <inheritdoc />
    public async Task<AgentResult> RunAsync(AgentRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var play = new Play(run, time.GetTimestamp());
        foreach (var directive in SimulatedScript.Read(run.Prompt, run.Key, run.Role))
        {
            run.Log.WriteLine($"simulated: {directive.Verb} {directive.Argument}".TrimEnd());
            if (await DoAsync(directive, play, cancellationToken) is { } end)
                return end with { Usage = play.Usage };
        }

        try
        {
            return play.WorkIsDone
                ? Success(play, "Did what the prompt's directives say.", play.Report ?? "Did what the prompt's directives say.\n")
                : Success(play, SimulatedWork.SummaryOf(run.Role), SimulatedWork.Do(run));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure(ErrorCodes.AgentFailed, error.Message) with { Usage = play.Usage };
        }
    }

    private static AgentResult Success(Play play, string summary, string report) =>
        new() { Outcome = StepOutcome.Succeeded, Summary = summary, Report = report, Usage = play.Usage };

    private static AgentResult Failure(string code, string message) =>
        new() { Outcome = StepOutcome.Failed, ErrorCode = code, ErrorMessage = message, Summary = message };

    private async Task<AgentResult?> DoAsync(SimulatedDirective directive, Play play, CancellationToken cancellationToken)
    {
        switch (directive.Verb)
        {
            case "noop":
                play.WorkIsDone = true;
                return null;
            case "write" or "append" or "delete":
                play.WorkIsDone = true;
                return Change(directive, play.Run);
            case "report":
                play.WorkIsDone = true;
                play.Report = directive.Named.GetValueOrDefault("text", "");
                return null;
            case "cost":
                play.Usage = play.Usage with { CostMicroUsd = directive.WholeArgument() };
                return null;
            case "tokens":
                play.Usage = TokensOf(directive, play.Usage);
                return null;
            case "flood":
                return await FloodAsync(directive.Bytes(), play, cancellationToken);
            case "sleep":
                return await WaitAsync(directive.Duration(), play, cancellationToken);
            case "hang":
                return await WaitAsync(Timeout.InfiniteTimeSpan, play, cancellationToken);
            case "park":
                return new AgentResult
                {
                    Outcome = StepOutcome.Parked,
                    ErrorCode = ErrorCodes.ProviderLimit,
                    ErrorMessage = "The prompt told the simulated agent to park.",
                    RetryAt = time.GetUtcNow() + directive.Duration(),
                };
            case "crash":
                return Failure(ErrorCodes.AgentCrashed, "The agent was ended by signal 9, as the prompt says.");
            case "fail":
                return Failure(directive.Named.GetValueOrDefault("code", ErrorCodes.AgentFailed), directive.Named.GetValueOrDefault("text", "The prompt told the simulated agent to fail."));
            default:
                return Failure(ErrorCodes.AgentFailed, $"'simulate: {directive.Verb}' is no directive of the simulated agent; see shared/Agents/README.md.");
        }
    }

    private static AgentResult? Change(SimulatedDirective directive, AgentRun run)
    {
        if (!run.CanWrite)
            return Failure(ErrorCodes.ToolDenied, $"'{directive.Verb}' needs a writing tool, and this step's tools are {string.Join(", ", run.Tools)}.");
        var files = new SimulatedFiles(run.Workspace);
        var path = directive.Named.GetValueOrDefault("path", directive.Argument);
        var text = directive.Named.GetValueOrDefault("text", "");
        try
        {
            if (directive.Verb == "write")
                files.Write(path, text);
            else if (directive.Verb == "append")
                files.Append(path, text);
            else
                files.Delete(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure(ErrorCodes.AgentFailed, error.Message);
        }
    }

    private static AgentUsage TokensOf(SimulatedDirective directive, AgentUsage usage) => usage with
    {
        InputTokens = directive.Whole("input", usage.InputTokens),
        OutputTokens = directive.Whole("output", usage.OutputTokens),
        CacheReadTokens = directive.Whole("cache_read", usage.CacheReadTokens),
        CacheWriteTokens = directive.Whole("cache_write", usage.CacheWriteTokens),
        Calls = (int)Math.Min(directive.Whole("calls", Math.Max(usage.Calls, 1)), int.MaxValue),
    };

    private async Task<AgentResult?> FloodAsync(long bytes, Play play, CancellationToken cancellationToken)
    {
        for (long written = 0; written < bytes; written += FloodLine.Length + 1)
        {
            play.Run.Log.WriteLine(FloodLine[..(int)Math.Min(FloodLine.Length, bytes - written)]);
            // Nothing here waits by itself, and a launch must end when it is cancelled or over its time.
            if ((written >> 20) != ((written + FloodLine.Length + 1) >> 20) && await WaitAsync(TimeSpan.Zero, play, cancellationToken) is { } end)
                return end;
        }

        return null;
    }

    private async Task<AgentResult?> WaitAsync(TimeSpan duration, Play play, CancellationToken cancellationToken)
    {
        // No box holds this agent to its limit, so it does by itself.
        var left = TimeSpan.FromSeconds(play.Run.Step.TimeoutSec) - time.GetElapsedTime(play.Started);
        var inTime = duration != Timeout.InfiniteTimeSpan && duration <= left;
        var wait = inTime ? duration : left;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return inTime
            ? null
            : new AgentResult
            {
                Outcome = StepOutcome.TimedOut,
                ErrorCode = ErrorCodes.Timeout,
                ErrorMessage = string.Create(CultureInfo.InvariantCulture, $"Not done after {play.Run.Step.TimeoutSec} s."),
            };
    }

    private sealed class Play(AgentRun run, long started)
    {
        public AgentRun Run => run;

        public long Started => started;

        public AgentUsage Usage { get; set; } = new();

        public string? Report { get; set; }

        /// <summary>A directive said what the work is, so the role's own work is left out.</summary>
        public bool WorkIsDone { get; set; }
    }
}
