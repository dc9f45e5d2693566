namespace Orchestrator.UnitTests.Pipeline.Flow;

/// <summary>Fair flow on SQLite.</summary>
public sealed class FlowTests : FlowScenarios
{
    protected override int Flood => 200;

    protected override Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult(new Dictionary<string, string?>());
}
