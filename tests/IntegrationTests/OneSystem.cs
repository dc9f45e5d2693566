using Orchestrator.TestServers.Systems;

namespace Orchestrator.IntegrationTests;

/// <summary>One process of each service, started once for all journeys that leave it as they found it: put <c>[Collection(nameof(OneSystem))]</c> on the class.</summary>
public sealed class OneSystem : IAsyncLifetime
{
    internal RunningSystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync() => System = await RunningSystem.StartAsync();

    public ValueTask DisposeAsync() => System.DisposeAsync();
}

[CollectionDefinition(nameof(OneSystem))]
public sealed class OneSystemDefinition : ICollectionFixture<OneSystem>;
