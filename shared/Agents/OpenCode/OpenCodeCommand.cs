using System.Text.Json.Nodes;
using Orchestrator.Agents.Prices;

namespace Orchestrator.Agents.OpenCode;

/// <summary>Writes OpenCode's command line and configuration.</summary>
internal static class OpenCodeCommand
{
    private const string Provider = "box";

    /// <summary>The command of a launch.</summary>
    public static AgentCommand Of(AgentRun run, string model, AgentsOptions options, ModelPrice price)
    {
        List<string> arguments =
        [
            run.Binary ?? AgentNames.OpenCode, "run", "--format", "json", "--model", $"{Provider}/{model}",
            // A given title saves the request for one, which no event counts.
            "--title", $"{run.Key.JobId} {run.Key.StepId}",
        ];
        if (options.Effort is { } effort)
            arguments.AddRange(["--variant", effort]);
        return new AgentCommand
        {
            Arguments = arguments,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["OPENCODE_DISABLE_AUTOUPDATE"] = "1",
                ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
                ["OPENCODE_DISABLE_DEFAULT_PLUGINS"] = "1",
                ["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1",
                // Without it the repository's opencode.json gives the agent every permission that it likes.
                ["OPENCODE_DISABLE_PROJECT_CONFIG"] = "1",
                // It installs a plugin in the background, and ignores SIGTERM meanwhile.
                ["npm_config_offline"] = "true",
            },
            HomeFiles = new Dictionary<string, string> { [".config/opencode/opencode.json"] = Configuration(run, model, price).ToJsonString() },
            StandardInput = run.Prompt,
        };
    }

    private static JsonObject Configuration(AgentRun run, string model, ModelPrice price) => new()
    {
        ["model"] = $"{Provider}/{model}",
        ["small_model"] = $"{Provider}/{model}",
        ["autoupdate"] = false,
        ["share"] = "disabled",
        ["snapshot"] = false,
        ["enabled_providers"] = new JsonArray(Provider),
        ["instructions"] = new JsonArray($"{run.Workspace}/AGENTS.md", $"{run.Workspace}/CLAUDE.md"),
        ["permission"] = Permissions(run.Tools),
        ["provider"] = new JsonObject
        {
            [Provider] = new JsonObject
            {
                ["npm"] = "@ai-sdk/openai-compatible",
                ["name"] = Provider,
                ["options"] = new JsonObject
                {
                    ["baseURL"] = $"{run.ModelUrl?.AbsoluteUri.TrimEnd('/')}/v1",
                    ["apiKey"] = run.ModelKey,
                    ["timeout"] = 600_000,
                },
                ["models"] = new JsonObject
                {
                    [model] = new JsonObject
                    {
                        ["name"] = model,
                        ["tool_call"] = true,
                        ["reasoning"] = true,
                        ["cost"] = new JsonObject
                        {
                            ["input"] = price.Input,
                            ["output"] = price.Output,
                            ["cache_read"] = price.CacheRead,
                            ["cache_write"] = price.CacheWrite,
                        },
                        ["limit"] = new JsonObject { ["context"] = 200_000, ["output"] = 32_000 },
                    },
                },
            },
        },
    };

    /// <summary>Claude's words for tools in OpenCode's. Everything is denied first; an ask would end the run without a word.</summary>
    private static JsonObject Permissions(IReadOnlyList<string> tools)
    {
        return new JsonObject
        {
            ["*"] = "deny",
            ["read"] = Any("Read", "NotebookRead"),
            ["glob"] = Any("Glob", "LS"),
            ["list"] = Any("LS", "Glob"),
            ["grep"] = Any("Grep"),
            ["edit"] = Any("Edit", "Write", "MultiEdit", "NotebookEdit"),
            ["bash"] = Any("Bash"),
            ["webfetch"] = Any("WebFetch"),
            ["websearch"] = Any("WebSearch"),
            ["task"] = Any("Task"),
            ["todowrite"] = Any("TodoWrite"),
            ["external_directory"] = "deny",
            ["doom_loop"] = "deny",
        };

        string Any(params string[] names) => names.Any(name => tools.Contains(name, StringComparer.Ordinal)) ? "allow" : "deny";
    }
}
