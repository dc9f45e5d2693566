using Orchestrator.Agents.Launches;

namespace Orchestrator.Agents.Codex;

/// <summary>Codex. Its tools are a shell and patches; the box decides whether they can write.</summary>
public sealed class CodexAgent(CliLaunch launch) : ICodingAgent
{
    private const string UsualModel = "gpt-5.5";

    /// <inheritdoc />
    public string Name => AgentNames.Codex;

    /// <inheritdoc />
    public bool NeedsBox => true;

    /// <inheritdoc />
    public ModelApi? Model => ModelApi.OpenAi;

    /// <inheritdoc />
    public Task<AgentResult> RunAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var model = launch.ModelOf(Name, run, UsualModel);
        if (launch.RefuseUnpriced(model) is { } refusal)
            return Task.FromResult(refusal);
        var facts = new CliFacts();
        if (!run.Tools.Contains("Bash", StringComparer.Ordinal))
            facts.Notices.Add("Codex reads through its shell, which cannot be taken from it although Bash is none of the step's tools; the box holds it to what the step may do.");
        return launch.RunAsync(Name, run, model, CodexCommand.Of(run, model, launch.Options), new CodexReader(facts, run, model), facts, cancellationToken);
    }
}
