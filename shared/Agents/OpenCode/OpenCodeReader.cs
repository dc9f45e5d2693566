using System.Text.Json;
using Orchestrator.Agents.Launches;
using Orchestrator.Agents.Prices;

namespace Orchestrator.Agents.OpenCode;

/// <summary>Reads OpenCode's events. There is no last one: steps are summed, and the reason of the newest says whether it was the last. Limits that OpenCode has not are held here.</summary>
internal sealed class OpenCodeReader(CliFacts facts, AgentRun run, string model, ModelPrice price, int maxTurns) : ICliReader
{
    // An endless loop over answers that are none: 70 requests in 150 s were seen.
    private const int MostEmptySteps = 3;

    // A reason "tool-calls" goes on, "unknown" is no answer at all.
    private static readonly string[] LastReasons = ["stop", "length", "content-filter", "other"];

    // How it words what its permissions refuse: a rule, an ask that nobody answers, a tool that is not offered.
    private static readonly string[] Refusals = ["unavailable tool", "prevents you from using", "rejected permission", "permission requested"];

    private string _message = "";
    private int _emptySteps;

    /// <inheritdoc />
    public void OnEvent(JsonElement element)
    {
        facts.SessionId = element.Text("sessionID") ?? facts.SessionId;
        var part = element.Field("part");
        switch (element.Text("type"))
        {
            case "step_start":
                facts.IsFinal = false;
                break;
            case "text":
                OnText(part);
                break;
            case "tool_use":
                OnTool(part);
                break;
            case "step_finish":
                OnStep(part);
                break;
            case "error":
                OnError(element.Field("error"));
                break;
        }
    }

    /// <inheritdoc />
    public void OnErrorLine(string line)
    {
        if (line.Contains("permission requested", StringComparison.Ordinal) && line.Contains("auto-rejecting", StringComparison.Ordinal))
            facts.Deny("the agent asked for a permission that it has not");
    }

    private void OnText(JsonElement part)
    {
        var text = part.Text("text") ?? "";
        run.Log.WriteLine(text);
        // A message may come in several texts.
        var message = part.Text("messageID") ?? "";
        facts.Report = message == _message && message.Length > 0 ? $"{facts.Report}\n{text}" : text;
        _message = message;
    }

    private void OnTool(JsonElement part)
    {
        var tool = part.Text("tool") ?? "";
        var state = part.Field("state");
        var input = state.Field("input");
        run.Log.WriteLine($"[{tool}] {input.Text("filePath") ?? input.Text("command") ?? input.Text("pattern") ?? input.Text("url")}".TrimEnd());
        var error = state.Text("error") ?? "";
        if (error.Length > 0)
            run.Log.WriteLine($"[error] {error}");
        if (tool == "invalid")
            facts.Deny($"the agent called {input.Text("tool") ?? "a tool"}, which is none of its tools");
        else if (Refusals.Any(refusal => error.Contains(refusal, StringComparison.Ordinal)))
            facts.Deny($"{tool} was refused to the agent");
    }

    private void OnStep(JsonElement part)
    {
        var tokens = part.Field("tokens");
        var cache = tokens.Field("cache");
        // Its output leaves reasoning out, which is billed like output.
        var used = TokenCount.Sane(tokens.Whole("input"), cache.Whole("read"), cache.Whole("write"), tokens.Whole("output") + Math.Max(0, tokens.Whole("reasoning")));
        facts.Use(model, used);
        facts.Calls++;
        facts.ReportedUsd = (facts.ReportedUsd ?? 0) + (part.Dollars("cost") ?? 0);
        facts.Trouble = null;
        facts.IsFinal = LastReasons.Contains(part.Text("reason"), StringComparer.Ordinal);
        _emptySteps = used == TokenCount.Zero && !facts.IsFinal ? _emptySteps + 1 : 0;
        if (!facts.IsFinal)
            HoldLimits();
    }

    private void HoldLimits()
    {
        if (_emptySteps >= MostEmptySteps)
            facts.Failure = new ProviderFailure(null, "the model's answers are empty");
        else if (run.CapMicroUsd is { } cap && price.Of(facts.Used[model]) >= cap)
            facts.IsCostCap = true;
        else if (facts.Calls >= maxTurns)
            facts.IsTurnLimit = true;
        else
            return;
        facts.Stop.Cancel();
    }

    private void OnError(JsonElement error)
    {
        var data = error.Field("data");
        var status = (int)Math.Clamp(data.Whole("statusCode"), 0, 999);
        var retryAfter = data.Field("responseHeaders").Text("retry-after");
        var message = data.Text("message") ?? error.Text("name") ?? "";
        run.Log.WriteLine($"[error] {message}");
        facts.Failure = new ProviderFailure(status == 0 ? null : status, retryAfter is null ? message : $"{message} (retry-after: {retryAfter})");
    }
}
