using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Agents.Prices;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Launches;

/// <summary>Runs a CLI to its end, or to the point where its reader has seen enough, and writes result and bill.</summary>
public sealed partial class CliLaunch(IOptions<AgentsOptions> options, PriceList prices, TimeProvider time, ILogger<CliLaunch> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    // A CLI may get over a shorter limit by itself.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>What the operator set.</summary>
    internal AgentsOptions Options => options.Value;

    /// <summary>The price list.</summary>
    internal PriceList Prices => prices;

    /// <summary>The model of a launch: the step's, else the operator's, else the agent's usual one.</summary>
    internal string ModelOf(string agent, AgentRun run, string usual) =>
        run.Model ?? options.Value.Models.GetValueOrDefault(agent) ?? usual;

    /// <summary>Refuses a launch whose model has no price; null when it has one.</summary>
    internal AgentResult? RefuseUnpriced(string model) => prices.Find(model) is not null ? null : new AgentResult
    {
        Outcome = StepOutcome.FailedForGood,
        ErrorCode = ErrorCodes.AgentFailed,
        Summary = $"The model '{model}' has no price.",
        ErrorMessage = $"The price list of {prices.Date:yyyy-MM-dd} has no price for the model '{model}', and nothing runs for free. Name a listed model, or add it to {AgentsOptions.Section}:{nameof(AgentsOptions.PricesFile)}.",
    };

    /// <summary>Runs the command.</summary>
    internal async Task<AgentResult> RunAsync(string agent, AgentRun run, string model, AgentCommand command, ICliReader reader, CliFacts facts, CancellationToken cancellationToken)
    {
        var output = new CliOutput(reader, run.Log, options.Value.LongestLineBytes);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, facts.Stop.Token);
        AgentResult result;
        try
        {
            await using var watch = time.CreateTimer(_ => EndAtLimit(run, facts), null, Look, Look);
            var exit = await run.Box.RunAsync(command, output, ended.Token);
            output.Finish();
            AddRefusal(run, facts);
            result = CliVerdict.Of(agent, run, exit, facts, output.Tail, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Not thrown on: what it cost until then must be billed.
            result = new AgentResult { Outcome = StepOutcome.Cancelled, ErrorCode = ErrorCodes.Cancelled, ErrorMessage = $"{agent} was ended on request.", Summary = "Ended on request." };
        }
        catch (OperationCanceledException) when (facts.Stop.IsCancellationRequested)
        {
            AddRefusal(run, facts);
            result = CliVerdict.Of(agent, run, new BoxExit(null, null, BoxEnd.Exited), facts, output.Tail, time.GetUtcNow());
        }
        catch (Exception exception)
        {
            // Ours, and not thrown on for the same reason.
            LogFault(exception, run.Key.ToString(), agent);
            var message = $"{agent} could not be followed to its end ({exception.GetType().Name}); the runner's log has the details.";
            result = new AgentResult { Outcome = StepOutcome.Failed, ErrorCode = ErrorCodes.Internal, ErrorMessage = message, Summary = message };
        }

        facts.Stop.Dispose();
        var bill = Bill.Of(prices, facts.Used, facts.ReportedUsd, facts.Calls, model);
        return result with { Report = facts.Report, SessionId = facts.SessionId, Usage = bill.Usage, Notices = [.. facts.Notices, .. bill.Notices] };
    }

    // Codex sits out whatever its provider asks for, and holds its runner all the time; parked work holds none.
    private void EndAtLimit(AgentRun run, CliFacts facts)
    {
        if (run.IsCapReached())
        {
            facts.IsCostCap = true;
            facts.Stop.Cancel();
            return;
        }

        if (run.LastRefusal() is not { Status: 429 or 503 or 529, RetryAt: { } at } refusal || at - time.GetUtcNow() <= LongestWait)
            return;
        facts.Failure ??= new ProviderFailure(refusal.Status == 503 ? 529 : refusal.Status, "", at);
        facts.Stop.Cancel();
    }

    private static void AddRefusal(AgentRun run, CliFacts facts)
    {
        if (run.LastRefusal() is not { } refusal)
            return;
        if (facts.Failure is { } failure)
            facts.Failure = failure with { Status = failure.Status ?? refusal.Status, RetryAt = failure.RetryAt ?? refusal.RetryAt };
        else
            facts.Trouble = new ProviderFailure(refusal.Status, facts.Trouble?.Message ?? "", facts.Trouble?.RetryAt ?? refusal.RetryAt);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Attempt}: {Agent} could not be followed to its end")]
    private partial void LogFault(Exception exception, string attempt, string agent);
}
