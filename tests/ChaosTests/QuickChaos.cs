namespace Orchestrator.ChaosTests;

/// <summary>One system for all quick tests: they break it one after the other, and each leaves it whole.</summary>
public sealed class QuickChaos : IAsyncLifetime
{
    internal ChaosRun Run { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Run = await ChaosRun.StartAsync(ChaosProfile.Quick);

    public ValueTask DisposeAsync() => Run.DisposeAsync();
}

/// <summary>The test classes that share it.</summary>
[CollectionDefinition(nameof(QuickChaos), DisableParallelization = true)]
public sealed class QuickChaosDefinition : ICollectionFixture<QuickChaos>;

/// <summary>Tests with a system of their own; two at a time would only measure each other.</summary>
[CollectionDefinition(nameof(LongChaos), DisableParallelization = true)]
public sealed class LongChaos;
