using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AwesomeAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution;
using Orchestrator.Execution.Attempts;
using Orchestrator.FakeModel;
using Orchestrator.FakeModel.Script;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Projects;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>A runner's engine as services register it: real CLI, real box, real repository and store. Only the model is scripted.</summary>
internal sealed class RealLaunch : IAsyncDisposable, IProjectCatalog, IAttemptObserver
{
    public const string Key = "sk-real-key-of-this-host";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("oc-");
    private readonly ServiceProvider services;

    private RealLaunch(FakeModelServer model, string agent, int maxTurns)
    {
        (Model, Agent) = (model, agent);
        File.WriteAllText(Join("model_key"), Key);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Artifacts:Directory"] = Join("artifacts"),
            ["Execution:WorkDirectory"] = Join("work"),
            ["Models:SecretsFolder"] = folder.FullName,
            ["Models:Anthropic:BaseUrl"] = model.Url.AbsoluteUri,
            ["Models:Anthropic:Secret"] = "model_key",
            ["Models:OpenAi:BaseUrl"] = model.Url.AbsoluteUri,
            ["Models:OpenAi:Secret"] = "model_key",
            ["Agents:Mode"] = "real",
            ["Agents:MaxTurns"] = maxTurns.ToString(CultureInfo.InvariantCulture),
            // OpenCode takes ten seconds to say its version when the machine is busy with other tests.
            ["Agents:VersionTimeout"] = "00:01:00",
            [$"Agents:Binaries:{agent}:Path"] = AgentPrograms.Of(agent),
            ["MIN_BINARY_VERSIONS"] = "opencode=1.18.0:--version,codex=0.160.0:-V,claude=2.1.0",
        }).Build();
        services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration)
            .AddArtifacts(configuration).AddAgents(configuration).AddExecution(configuration).BuildServiceProvider();
        Directory.CreateDirectory(Source);
        Git("init", "--quiet", "--initial-branch=main");
        File.WriteAllText(Path.Join(Source, "README.md"), "# Sample\n\nhello\n");
        Git("add", "--all");
        Git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "first");
    }

    public FakeModelServer Model { get; }

    public string Agent { get; }

    public string Source => Join("source");

    private IArtifactStore Store => services.GetRequiredService<IArtifactStore>();

    public static async Task<RealLaunch> StartAsync(string agent, ModelScript script, int maxTurns = 200) =>
        new(await FakeModelServer.StartAsync(script with { Key = Key }), agent, maxTurns);

    /// <summary>Runs one step of a job that came through the door.</summary>
    public async Task<StepFinished> RunAsync(string role, string[] tools, int timeoutSec = 240)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            job_id = "job-real-1",
            goal = "Make the sample better.",
            project_id = "sample",
            steps = new[] { new { step_id = "work", agent = Agent, role, prompt = "Change the greeting.", allowed_tools = tools, timeout_sec = timeoutSec } },
        });
        var accepted = await new JobAcceptance(this, Options.Create(new PolicyOptions()), TimeProvider.System)
            .AcceptAsync(body, new DoorContext { Source = JobSourceType.Manual, Actor = "test" });
        accepted.Problems.Should().BeEmpty();
        using var document = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(accepted.Job, ContractJson.Options));
        var command = new RunStep
        {
            Key = new AttemptKey(Guid.NewGuid(), "job-real-1", 1, "work", 1, 1, 1),
            Role = accepted.Job!.Steps[0].Role,
            Document = await Store.WriteAsync("job-real-1/.accepted.json", document, CancellationToken.None),
        };
        return await services.GetRequiredService<IAttemptEngine>().RunAsync(command, this, CancellationToken.None);
    }

    public async Task<string> ReadAsync(StepFinished finished, string name)
    {
        await using var stream = await Store.OpenReadAsync(finished.Files[name].Path, 0, CancellationToken.None);
        using var reader = new StreamReader(stream!);
        return await reader.ReadToEndAsync();
    }

    public async Task<JsonElement> ResultAsync(StepFinished finished) => JsonDocument.Parse(await ReadAsync(finished, "result.json")).RootElement;

    /// <summary>Applies the step's patch to a fresh clone of the base as a person would, and answers the file there.</summary>
    public async Task<string> AppliedAsync(StepFinished finished, string file)
    {
        await File.WriteAllTextAsync(Join("patch.diff"), await ReadAsync(finished, "patch.diff"));
        Git("clone", "--quiet", Source, Join("applied"));
        Git("-C", Join("applied"), "apply", "--check", Join("patch.diff"));
        Git("-C", Join("applied"), "apply", Join("patch.diff"));
        return await File.ReadAllTextAsync(Path.Join(Join("applied"), file));
    }

    /// <summary>Living processes that work in this launch's folders.</summary>
    public IReadOnlyList<string> Processes() => [.. Directory.EnumerateDirectories("/proc").Where(process =>
    {
        try
        {
            return File.ReadAllText(Path.Join(process, "cmdline")).Contains(Join("work"), StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    })];

    public ValueTask<ProjectDocument?> FindAsync(string id) => new(new ProjectDocument { Id = "sample", RepoUrl = Source });

    public void OnLog(long offset, string text)
    {
    }

    public Task OnBaseAsync(string commit, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Model.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private string Join(string name) => Path.Join(folder.FullName, name);

    private void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Source, RedirectStandardError = true })!;
        var error = git.StandardError.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }
}
