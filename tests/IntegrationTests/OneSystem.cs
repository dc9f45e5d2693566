using Orchestrator.FakeModel;
using Orchestrator.FakeModel.Script;
using Orchestrator.IntegrationTests.RealAgents;
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
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("orchestrator-keys-");

    internal RunningSystem System { get; private set; } = null!;

    /// <summary>The model behind the real agent CLIs, which steps may name; who uses it says first what it plays.</summary>
    internal FakeModelServer Model { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Model = await FakeModelServer.StartAsync(new ModelScript { Key = RealLaunch.Key });
        await File.WriteAllTextAsync(Path.Combine(_secrets.FullName, "model_key"), RealLaunch.Key);
        await File.WriteAllTextAsync(Path.Combine(_repository.FullName, "README.md"), "# Shop\n");
        foreach (var arguments in (string[][])[["init", "-q", "-b", "main"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Start"]])
            await Shell.RunAsync(["git", "-C", _repository.FullName, .. arguments]);
        System = await RunningSystem.StartAsync(settings: new Dictionary<string, string>
        {
            ["PROJECT_ALIASES"] = $"shop={_repository.FullName}",
            [$"Gateway__BrokerUsers__{ShopPublisher}__0"] = "shop",
            [$"Gateway__BrokerUsers__{AnyPublisher}__0"] = "*",
            ["Gateway__Callbacks__AllowedNetworks__0"] = "127.0.0.1/32",
            ["Agents__VersionTimeout"] = "00:01:00",
            ["Agents__Binaries__claude__Path"] = AgentPrograms.Of("claude"),
            ["Agents__Binaries__codex__Path"] = AgentPrograms.Of("codex"),
            ["Agents__Binaries__opencode__Path"] = AgentPrograms.Of("opencode"),
            ["Agents__Commands__command__Arguments__0"] = AgentPrograms.FakeAgent,
            ["Agents__Commands__command__Arguments__1"] = "endless-line=1000000000",
            ["Agents__Commands__command__Environment__DOTNET_ROOT"] = AgentPrograms.DotnetRoot,
            ["Agents__Commands__command__Environment__DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
            ["Models__Anthropic__BaseUrl"] = Model.Url.AbsoluteUri,
            ["Models__Anthropic__Secret"] = "model_key",
            ["Models__OpenAi__BaseUrl"] = Model.Url.AbsoluteUri,
            ["Models__OpenAi__Secret"] = "model_key",
            ["Models__SecretsFolder"] = _secrets.FullName,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        await Model.DisposeAsync();
        _repository.Delete(recursive: true);
        _secrets.Delete(recursive: true);
    }
}

/// <summary>The test classes that share it; they run one after the other.</summary>
[CollectionDefinition(nameof(OneSystem))]
public sealed class OneSystemDefinition : ICollectionFixture<OneSystem>;
