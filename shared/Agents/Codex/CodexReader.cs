using System.Text.Json;
using Orchestrator.Agents.Launches;
using Orchestrator.Agents.Prices;

namespace Orchestrator.Agents.Codex;

/// <summary>Reads Codex' events. It says nothing of money, turns or time, and some refusals only on standard error.</summary>
internal sealed class CodexReader(CliFacts facts, AgentRun run, string model) : ICliReader
{
    /// <inheritdoc />
    public void OnEvent(JsonElement element)
    {
        switch (element.Text("type"))
        {
            case "thread.started":
                facts.SessionId = element.Text("thread_id");
                break;
            case "item.completed":
                facts.Trouble = null;
                OnItem(element.Field("item"));
                break;
            case "error":
                facts.Trouble = new ProviderFailure(null, element.Text("message") ?? "");
                run.Log.WriteLine($"[error] {element.Text("message")}");
                break;
            case "turn.failed":
                facts.Failure = new ProviderFailure(null, element.Field("error").Text("message") ?? "");
                break;
            case "turn.completed":
                facts.IsFinal = true;
                Count(element.Field("usage"));
                break;
        }
    }

    /// <inheritdoc />
    public void OnErrorLine(string line)
    {
        if (line.Contains("patch rejected", StringComparison.Ordinal))
            facts.Deny("a patch of the agent was rejected");
    }

    private void OnItem(JsonElement item)
    {
        var failed = item.Text("status") is "failed" or "declined";
        switch (item.Text("type"))
        {
            case "agent_message":
                facts.Report = item.Text("text") ?? "";
                run.Log.WriteLine(facts.Report);
                break;
            case "command_execution":
                run.Log.WriteLine($"[shell] {item.Text("command")}");
                // The shell reads as well: only what the read-only workspace stopped was an attempt to write.
                if (failed && !run.CanWrite && item.Text("aggregated_output") is { } output && output.Contains("Read-only file system", StringComparison.Ordinal))
                    facts.Deny("the agent's shell tried to write");
                break;
            case "file_change":
                foreach (var change in item.Items("changes"))
                    run.Log.WriteLine($"[{change.Text("kind")}] {change.Text("path")}{(failed ? " failed" : "")}");
                if (failed && !run.CanWrite)
                    facts.Deny("the agent tried to change files");
                break;
            case "error":
                run.Log.WriteLine($"[error] {item.Text("message")}");
                break;
        }
    }

    private void Count(JsonElement usage)
    {
        var cacheRead = usage.Whole("cached_input_tokens");
        var cacheWrite = usage.Whole("cache_write_input_tokens");
        // Codex counts cached tokens among the input.
        var input = Math.Max(0, usage.Whole("input_tokens") - Math.Max(0, cacheRead) - Math.Max(0, cacheWrite));
        facts.Use(model, TokenCount.Sane(input, cacheRead, cacheWrite, usage.Whole("output_tokens")));
    }
}
