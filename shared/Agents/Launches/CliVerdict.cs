using System.Globalization;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Launches;

/// <summary>Judges a launch by everything that is known of it. Exit code 0 alone proves nothing: these programs use it for refusals and interrupts too.</summary>
internal static class CliVerdict
{
    private const int LongestSummary = 200;

    /// <summary>The result without its usage.</summary>
    public static AgentResult Of(string agent, AgentRun run, BoxExit exit, CliFacts facts, string tail, DateTimeOffset now)
    {
        if (exit.End == BoxEnd.NotStarted)
            return Result(StepOutcome.Parked, ErrorCodes.AgentUnavailable, $"{agent} could not be started: {exit.Reason}");
        if (facts.IsCostCap)
            return Result(StepOutcome.FailedForGood, ErrorCodes.CostCapReached, string.Create(CultureInfo.InvariantCulture, $"{agent} was ended at its cost limit of {run.CapMicroUsd / 1_000_000m} US dollars. Raise max_cost_usd or split the step."));
        if (facts.IsTurnLimit)
            return Result(StepOutcome.Failed, ErrorCodes.TurnLimit, $"{agent} was ended at its turn limit. Raise {AgentsOptions.Section}:{nameof(AgentsOptions.MaxTurns)} or split the step.");
        if (facts.Failure is { } failure)
            return failure.ToResult(now);
        if (exit.End is BoxEnd.TimedOut or BoxEnd.Idle)
            return Late(agent, run, exit, facts, now);
        if (exit.Signal is { } signal)
            return Result(StepOutcome.Failed, ErrorCodes.AgentCrashed, $"{agent} was ended by signal {signal}, which nobody here sent. {Said(tail)}");
        if (facts.Denied.Count > 0)
            return Result(StepOutcome.Failed, ErrorCodes.ToolDenied, $"{string.Join("; ", facts.Denied)}. This step's tools are {Tools(run)}: allow the tool, or ask for less.");
        if (exit.ExitCode != 0)
            return facts.Trouble?.ToResult(now) ?? OfExitCode(agent, exit, tail, now);
        if (!facts.IsFinal || string.IsNullOrWhiteSpace(facts.Report))
            return Result(StepOutcome.Failed, ErrorCodes.NoResult, $"{agent} ended without a final answer. {Said(tail)}");
        return new AgentResult { Outcome = StepOutcome.Succeeded, Summary = FirstLine(facts.Report) };
    }

    private static AgentResult Late(string agent, AgentRun run, BoxExit exit, CliFacts facts, DateTimeOffset now)
    {
        // It waited for its provider all the time: that is the provider's fault and says when to go on.
        if (facts.Trouble?.ToResult(now) is { Outcome: not StepOutcome.Failed } provider)
            return provider;
        return exit.End == BoxEnd.Idle
            ? Result(StepOutcome.TimedOut, ErrorCodes.IdleTimeout, $"{agent} printed nothing for too long and was ended.")
            : Result(StepOutcome.TimedOut, ErrorCodes.Timeout, string.Create(CultureInfo.InvariantCulture, $"{agent} was ended after {run.Step.TimeoutSec} s. Raise timeout_sec or split the step."));
    }

    private static AgentResult OfExitCode(string agent, BoxExit exit, string tail, DateTimeOffset now)
    {
        // Some errors exist only on standard error; an unknown one is no provider's.
        if (new ProviderFailure(null, tail).ToResult(now) is { ErrorCode: not ErrorCodes.ProviderError } known)
            return known;
        return Result(StepOutcome.Failed, ErrorCodes.AgentFailed, $"{agent} ended with exit code {exit.ExitCode}. {Said(tail)}");
    }

    private static string Tools(AgentRun run) => run.Tools.Count == 0 ? "none" : string.Join(", ", run.Tools);

    private static string Said(string tail) => tail.Length == 0 ? "It said nothing." : $"Its last words: {(tail.Length > 500 ? tail[^500..] : tail)}";

    private static string FirstLine(string report)
    {
        var line = report.AsSpan().Trim();
        var end = line.IndexOf('\n');
        line = (end < 0 ? line : line[..end]).Trim().TrimStart("#* ");
        return line.Length > LongestSummary ? $"{line[..(LongestSummary - 1)]}…" : line.ToString();
    }

    private static AgentResult Result(StepOutcome outcome, string code, string message) =>
        new() { Outcome = outcome, ErrorCode = code, ErrorMessage = message.TrimEnd(), Summary = message.TrimEnd() };
}
