using System.Text.Json;
using Orchestrator.Agents.Launches;
using Orchestrator.Agents.Prices;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Command;

/// <summary>Reads what a command prints: words for the log, and one JSON object as its result if it likes. Its numbers are foreign: none of them is believed unseen.</summary>
internal sealed class CommandReader(AgentRun run, PriceList prices, CommandOptions command, string? model) : ICliReader
{
    private const decimal Million = 1_000_000m;

    private JsonElement? _last;

    /// <inheritdoc />
    public void OnEvent(JsonElement element)
    {
        _last = element.Clone();
        run.Log.WriteLine(element.GetRawText());
    }

    /// <inheritdoc />
    public void OnErrorLine(string line)
    {
    }

    /// <summary>Puts what the command said of itself into the result.</summary>
    public AgentResult Complete(AgentResult result)
    {
        var said = _last is { } last && IsResult(last) ? last : default;
        var notices = new List<string>(result.Notices);
        var usage = UsageOf(said.Field("usage"), notices);
        var report = said.Text("report") ?? said.Text("summary") ?? "";
        // The contract asks for no last words: without any the exit code decides.
        if (result.ErrorCode == ErrorCodes.NoResult)
            result = result with { Outcome = StepOutcome.Succeeded, ErrorCode = null, ErrorMessage = null, Summary = "Ended with exit code 0." };
        // Its words are its own: "unauthorized" is no model's answer where there is no model.
        if (command.Model is null && result.ErrorCode is (ErrorCodes.AgentAuth or ErrorCodes.ProviderLimit))
            result = result with { Outcome = StepOutcome.Failed, ErrorCode = ErrorCodes.AgentFailed, RetryAt = null };
        if (result.Outcome is StepOutcome.Succeeded or StepOutcome.Failed)
            result = Judge(result, said);
        return result with
        {
            Report = report,
            Summary = said.Text("summary") is { Length: > 0 } summary ? summary : result.Summary,
            Usage = usage,
            Notices = notices,
        };
    }

    private static bool IsResult(JsonElement element) =>
        element.TryGetProperty("status", out _) || element.TryGetProperty("summary", out _) || element.TryGetProperty("report", out _) || element.TryGetProperty("usage", out _);

    // Both must be good, exit code and status: the worse one counts.
    private static AgentResult Judge(AgentResult result, JsonElement said)
    {
        var message = said.Text("error") ?? said.Text("summary") ?? "The command says that it failed.";
        return said.Text("status") switch
        {
            null or "success" => result,
            "failed" or "retryable" => Failed(message),
            var status => Failed($"The command's status '{status}' is none of success, failed, retryable."),
        };

        AgentResult Failed(string why) =>
            result with { Outcome = StepOutcome.Failed, ErrorCode = ErrorCodes.AgentFailed, ErrorMessage = why };
    }

    private AgentUsage UsageOf(JsonElement said, List<string> notices)
    {
        var tokens = TokenCount.Sane(said.Whole("input_tokens"), said.Whole("cache_read_tokens"), said.Whole("cache_write_tokens"), said.Whole("output_tokens"));
        var cost = Cost(said, tokens, notices);
        return new AgentUsage
        {
            InputTokens = tokens.Input,
            CacheReadTokens = tokens.CacheRead,
            CacheWriteTokens = tokens.CacheWrite,
            OutputTokens = tokens.Output,
            Calls = (int)Math.Clamp(said.Whole("calls"), 0, int.MaxValue),
            CostMicroUsd = cost,
            ReportedMicroUsd = said.Dollars("cost_usd") is { } usd ? (long)Math.Ceiling(usd * Million) : null,
            Model = said.Text("model") ?? model,
        };
    }

    private long Cost(JsonElement said, TokenCount tokens, List<string> notices)
    {
        if ((said.Text("model") ?? model) is { } name && prices.Find(name) is { } price)
            return (long)Math.Ceiling(price.Of(tokens));
        if (said.Field("cost_usd").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return 0;
        if (said.Dollars("cost_usd") is { } usd)
            return (long)Math.Ceiling(usd * Million);
        notices.Add($"ERROR: the command's cost_usd is {said.Field("cost_usd").GetRawText()}, which is no sum of US dollars; {(run.CapMicroUsd is null ? "nothing" : "the reserved sum")} was billed.");
        return run.CapMicroUsd ?? 0;
    }
}
