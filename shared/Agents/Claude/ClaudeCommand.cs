using System.Globalization;

namespace Orchestrator.Agents.Claude;

/// <summary>Writes Claude Code's command line.</summary>
internal static class ClaudeCommand
{
    // Every tool that can write, run or reach out: named as refused as well, in case a version offers more than --tools asks for.
    private static readonly string[] Risky = ["Bash", "Edit", "MultiEdit", "NotebookEdit", "Task", "WebFetch", "WebSearch", "Write"];

    /// <summary>The command of a launch.</summary>
    public static AgentCommand Of(AgentRun run, string model, AgentsOptions options)
    {
        var tools = string.Join(',', run.Tools);
        List<string> arguments =
        [
            run.Binary ?? AgentNames.Claude, "-p",
            "--output-format", "stream-json", "--verbose",
            "--model", model,
            "--permission-mode", run.CanWrite ? "acceptEdits" : "default",
            "--tools", tools,
            "--max-turns", options.MaxTurns.ToString(CultureInfo.InvariantCulture),
            "--setting-sources", "user", "--strict-mcp-config", "--disable-slash-commands", "--no-session-persistence",
        ];
        if (run.Tools.Count > 0)
            arguments.AddRange(["--allowedTools", tools]);
        var refused = Risky.Except(run.Tools, StringComparer.Ordinal).ToArray();
        if (refused.Length > 0)
            arguments.AddRange(["--disallowedTools", string.Join(',', refused)]);
        if (run.CapMicroUsd is { } cap)
            arguments.AddRange(["--max-budget-usd", (cap / 1_000_000m).ToString(CultureInfo.InvariantCulture)]);
        if (options.Effort is { } effort)
            arguments.AddRange(["--effort", effort]);
        return new AgentCommand
        {
            Arguments = arguments,
            Environment = Environment(run),
            // The repository's own settings, hooks and servers are not obeyed (--setting-sources); what it says about itself is read all the same.
            HomeFiles = new Dictionary<string, string> { [".claude/CLAUDE.md"] = $"@{run.Workspace}/CLAUDE.md\n@{run.Workspace}/AGENTS.md\n" },
            StandardInput = run.Prompt,
        };
    }

    private static Dictionary<string, string> Environment(AgentRun run)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ANTHROPIC_API_KEY"] = run.ModelKey,
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
            ["DISABLE_TELEMETRY"] = "1",
            ["DISABLE_ERROR_REPORTING"] = "1",
            // Our saga retries and parks; the CLI's ten tries take minutes.
            ["CLAUDE_CODE_MAX_RETRIES"] = "1",
        };
        if (run.ModelUrl is { } url)
            environment["ANTHROPIC_BASE_URL"] = url.AbsoluteUri.TrimEnd('/');
        return environment;
    }
}
