using Orchestrator.TestServers.Processes;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.IntegrationTests;

/// <summary>One process of each service, started once for the journeys that leave it as they found it.</summary>
public sealed class OneSystem : IAsyncLifetime
{
    /// <summary>Broker user that may start jobs of the project <c>shop</c>.</summary>
    public const string ShopPublisher = "intake-shop";

    /// <summary>Broker user that may start any job.</summary>
    public const string AnyPublisher = "intake-any";

    private readonly DirectoryInfo _repository = Directory.CreateTempSubdirectory("orchestrator-shop-");

    internal RunningSystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_repository.FullName, "README.md"), "# Shop\n");
        foreach (var arguments in (string[][])[["init", "-q", "-b", "main"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Start"]])
            await Shell.RunAsync(["git", "-C", _repository.FullName, .. arguments]);
        System = await RunningSystem.StartAsync(settings: new Dictionary<string, string>
        {
            ["PROJECT_ALIASES"] = $"shop={_repository.FullName}",
            [$"Gateway__BrokerUsers__{ShopPublisher}__0"] = "shop",
            [$"Gateway__BrokerUsers__{AnyPublisher}__0"] = "*",
            ["Gateway__Callbacks__AllowedNetworks__0"] = "127.0.0.1/32",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        _repository.Delete(recursive: true);
    }
}

/// <summary>The test classes that share it; they run one after the other.</summary>
[CollectionDefinition(nameof(OneSystem))]
public sealed class OneSystemDefinition : ICollectionFixture<OneSystem>;
