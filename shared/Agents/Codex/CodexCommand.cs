using System.Text.Json;

namespace Orchestrator.Agents.Codex;

/// <summary>Writes Codex' command line and configuration.</summary>
internal static class CodexCommand
{
    private const string KeyVariable = "MODEL_API_KEY";

    /// <summary>The command of a launch.</summary>
    public static AgentCommand Of(AgentRun run, string model, AgentsOptions options) => new()
    {
        Arguments =
        [
            run.Binary ?? AgentNames.Codex, "exec", "--json", "--ephemeral", "--ignore-rules", "--skip-git-repo-check",
            // Our box is the sandbox: codex' own does not nest in it, and would refuse its shell, with which it reads.
            "--sandbox", "danger-full-access",
            "--model", model, "-",
        ],
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CODEX_HOME"] = $"{run.Home}/.codex",
            [KeyVariable] = run.ModelKey,
        },
        HomeFiles = new Dictionary<string, string> { [".codex/config.toml"] = Configuration(run, model, options) },
        StandardInput = run.Prompt,
    };

    private static string Configuration(AgentRun run, string model, AgentsOptions options) => $"""
        model = {Quoted(model)}
        model_provider = "box"
        {(options.Effort is { } effort ? $"model_reasoning_effort = {Quoted(effort)}" : "")}
        approval_policy = "never"
        check_for_update_on_startup = false
        web_search = "{(run.Tools.Contains("WebSearch", StringComparer.Ordinal) ? "live" : "disabled")}"

        [analytics]
        enabled = false

        [features]
        plugins = false
        apps = false
        remote_plugin = false
        unbounded_connection_retries = false

        [shell_environment_policy]
        exclude = [{Quoted(KeyVariable)}]

        [model_providers.box]
        name = "box"
        base_url = {Quoted($"{run.ModelUrl?.AbsoluteUri.TrimEnd('/')}/v1")}
        env_key = {Quoted(KeyVariable)}
        wire_api = "responses"
        request_max_retries = 1
        stream_max_retries = 1
        stream_idle_timeout_ms = 300000

        """;

    // JSON's escapes are TOML's.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
