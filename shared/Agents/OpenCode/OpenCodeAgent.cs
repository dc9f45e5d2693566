using Orchestrator.Agents.Launches;

namespace Orchestrator.Agents.OpenCode;

/// <summary>OpenCode.</summary>
public sealed class OpenCodeAgent(CliLaunch launch) : ICodingAgent
{
    private const string UsualModel = "gpt-5.5";

    /// <inheritdoc />
    public string Name => AgentNames.OpenCode;

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
        var price = launch.Prices.Find(model)!;
        var facts = new CliFacts();
        var reader = new OpenCodeReader(facts, run, model, price, launch.Options.MaxTurns);
        return launch.RunAsync(Name, run, model, OpenCodeCommand.Of(run, model, launch.Options, price), reader, facts, cancellationToken);
    }
}
