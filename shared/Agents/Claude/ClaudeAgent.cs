using Orchestrator.Agents.Launches;

namespace Orchestrator.Agents.Claude;

/// <summary>Claude Code.</summary>
public sealed class ClaudeAgent(CliLaunch launch, TimeProvider time) : ICodingAgent
{
    private const string UsualModel = "claude-sonnet-5-5";

    /// <inheritdoc />
    public string Name => AgentNames.Claude;

    /// <inheritdoc />
    public bool NeedsBox => true;

    /// <inheritdoc />
    public ModelApi? Model => ModelApi.Anthropic;

    /// <inheritdoc />
    public Task<AgentResult> RunAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var model = launch.ModelOf(Name, run, UsualModel);
        if (launch.RefuseUnpriced(model) is { } refusal)
            return Task.FromResult(refusal);
        var facts = new CliFacts();
        var reader = new ClaudeReader(facts, run, time);
        return launch.RunAsync(Name, run, model, ClaudeCommand.Of(run, model, launch.Options), reader, facts, cancellationToken);
    }
}
