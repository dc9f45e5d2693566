using System.Text.Json;
using Orchestrator.Agents.Launches;
using Orchestrator.Agents.Prices;

namespace Orchestrator.Agents.Claude;

/// <summary>Reads Claude Code's stream of events.</summary>
internal sealed class ClaudeReader(CliFacts facts, AgentRun run, TimeProvider time) : ICliReader
{
    private const string Synthetic = "<synthetic>";
    private const int MostMessages = 100_000;

    private readonly Dictionary<string, (string Model, TokenCount Tokens)> _messages = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public void OnEvent(JsonElement element)
    {
        facts.SessionId = element.Text("session_id") ?? facts.SessionId;
        switch (element.Text("type"))
        {
            case "assistant":
                OnAssistant(element.Field("message"));
                break;
            case "user":
                OnToolResults(element.Field("message"));
                break;
            case "system" when element.Text("subtype") == "api_retry":
                OnRetry(element);
                break;
            case "result":
                OnResult(element);
                break;
        }
    }

    /// <inheritdoc />
    public void OnErrorLine(string line)
    {
    }

    private void OnAssistant(JsonElement message)
    {
        var model = message.Text("model") ?? "";
        if (model != Synthetic)
        {
            facts.Trouble = null;
            Count(message, model);
        }

        foreach (var block in message.Items("content"))
        {
            if (block.Text("type") == "text" && block.Text("text") is { } text)
            {
                run.Log.WriteLine(text);
                if (model != Synthetic)
                    facts.Report = text;
            }
            else if (block.Text("type") == "tool_use" && block.Text("name") is { } name)
            {
                OnToolUse(name, block.Field("input"));
            }
        }
    }

    private void OnToolUse(string name, JsonElement input)
    {
        run.Log.WriteLine($"[{name}] {input.Text("file_path") ?? input.Text("command") ?? input.Text("pattern") ?? input.Text("url")}".TrimEnd());
        if (!run.Tools.Contains(name, StringComparer.Ordinal) && !(name == "Agent" && run.Tools.Contains("Task", StringComparer.Ordinal)))
            facts.Deny($"the agent called {name}, which is none of its tools");
    }

    private void OnToolResults(JsonElement message)
    {
        foreach (var block in message.Items("content"))
        {
            if (block.Text("type") == "tool_result" && block.IsTrue("is_error"))
                run.Log.WriteLine($"[error] {block.Text("content")}".TrimEnd());
        }
    }

    private void Count(JsonElement message, string model)
    {
        // One answer comes as several events with the same id and the same counts.
        if (message.Text("id") is not { } id || _messages.Count >= MostMessages)
            return;
        _messages[id] = (model, TokensOf(message.Field("usage"), "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens"));
        facts.Calls = _messages.Count;
        facts.Used = _messages.Values
            .GroupBy(counted => counted.Model, StringComparer.Ordinal)
            .ToDictionary(counted => counted.Key, counted => counted.Aggregate(TokenCount.Zero, (sum, next) => sum.Plus(next.Tokens)), StringComparer.Ordinal);
    }

    private void OnRetry(JsonElement element)
    {
        var status = (int)Math.Clamp(element.Whole("error_status"), 0, 999);
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(element.Whole("retry_delay_ms"), 0, 86_400_000));
        facts.Trouble = new ProviderFailure(status == 0 ? null : status, element.Text("error") ?? "", time.GetUtcNow() + wait);
        run.Log.WriteLine($"[retry] {status} {element.Text("error")}");
    }

    private void OnResult(JsonElement result)
    {
        // More exact than the messages: side calls are in it too. It is empty when the last call failed at once.
        var used = new Dictionary<string, TokenCount>(StringComparer.Ordinal);
        foreach (var model in result.Members("modelUsage"))
            used[model.Name] = TokensOf(model.Value, "inputTokens", "cacheReadInputTokens", "cacheCreationInputTokens", "outputTokens");
        if (used.Count > 0)
            facts.Used = used;
        facts.ReportedUsd = result.Dollars("total_cost_usd");
        foreach (var denial in result.Items("permission_denials"))
            facts.Deny($"{denial.Text("tool_name") ?? "a tool"} was refused to the agent");
        if (!result.IsTrue("is_error"))
        {
            facts.IsFinal = result.Text("subtype") == "success";
            facts.Report = result.Text("result") ?? facts.Report;
            return;
        }

        switch (result.Text("subtype"))
        {
            case "error_max_turns":
                facts.IsTurnLimit = true;
                break;
            case "error_max_budget_usd":
                facts.IsCostCap = true;
                break;
            default:
                OnError(result);
                break;
        }
    }

    private void OnError(JsonElement result)
    {
        var status = (int)Math.Clamp(result.Whole("api_error_status"), 0, 999);
        var message = result.Text("result") ?? string.Join("; ", result.Items("errors").Select(error => error.ToString()));
        facts.Failure = new ProviderFailure(status == 0 ? null : status, message);
    }

    private static TokenCount TokensOf(JsonElement usage, string input, string cacheRead, string cacheWrite, string output) =>
        TokenCount.Sane(usage.Whole(input), usage.Whole(cacheRead), usage.Whole(cacheWrite), usage.Whole(output));
}
