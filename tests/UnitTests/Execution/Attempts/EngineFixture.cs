using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Agents;
using Orchestrator.Agents.Prices;
using Orchestrator.Artifacts;
using Orchestrator.Artifacts.Directory;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution;
using Orchestrator.Execution.Attempts;
using Orchestrator.UnitTests.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Attempts;

/// <summary>A runner's engine as services register it, with a real repository, sandbox and store, and agents that the test writes.</summary>
internal sealed class EngineFixture : IDisposable, IAgentCatalog, IAttemptObserver
{
    private readonly TempFolder folder = new();
    private readonly Dictionary<string, ICodingAgent> agents = new(StringComparer.Ordinal);
    private readonly ServiceProvider services;
    private long token;

    /// <summary>What an agent that succeeded has to say.</summary>
    public static AgentResult Done { get; } = new() { Outcome = StepOutcome.Succeeded, Summary = "All done.", Report = "# Report\n\nAll done." };

    public EngineFixture(params (string Key, string Value)[] settings)
        : this(TimeProvider.System, settings)
    {
    }

    public EngineFixture(TimeProvider time, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [
                KeyValuePair.Create("Artifacts:Directory", (string?)folder.Join("artifacts")),
                KeyValuePair.Create("Execution:WorkDirectory", (string?)folder.Join("work")),
                .. settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)),
            ]).Build();
        services = new ServiceCollection().AddLogging().AddSingleton(time).AddSingleton<IConfiguration>(configuration).AddSingleton<IAgentCatalog>(this).AddSingleton(PriceList.BuiltIn())
            .AddArtifacts(configuration).AddExecution(configuration)
            .Replace(ServiceDescriptor.Singleton<IArtifactStore>(provider => new FaultyStore(provider.GetRequiredService<DirectoryArtifactStore>(), path => Fault(path))))
            .BuildServiceProvider();
        Store = services.GetRequiredService<IArtifactStore>();
        Engine = services.GetRequiredService<IAttemptEngine>();
        Source = new SourceRepository(folder.Join("source"));
        Source.Commit("first", ("README.md", "hello\n"));
    }

    public IArtifactStore Store { get; }

    public IAttemptEngine Engine { get; }

    public SourceRepository Source { get; }

    /// <summary>What the store has to say instead of reading or writing this path, or null.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    public string Problem { get; set; } = "";

    public string? Binary { get; set; }

    public Action<string> OnText { get; set; } = _ => { };

    /// <summary>Base commits that were said before the report.</summary>
    public List<string> Announced { get; } = [];

    public IReadOnlyCollection<string> Names => agents.Keys;

    public string Work => folder.Join("work");

    public string Join(string name) => folder.Join(name);

    public ICodingAgent? Find(string name) => agents.GetValueOrDefault(name);

    public Task<AgentAvailability> ProbeAsync(ICodingAgent agent, CancellationToken cancellationToken) =>
        Task.FromResult(new AgentAvailability(Problem.Length > 0 ? Problem : null, Binary));

    public void OnLog(long offset, string text) => OnText(text);

    public Task OnBaseAsync(string commit, CancellationToken cancellationToken)
    {
        Announced.Add(commit);
        return Task.CompletedTask;
    }

    /// <summary>Adds an agent that runs in this process.</summary>
    public void InProcess(Func<AgentRun, CancellationToken, Task<AgentResult>> run) => agents["test"] = new ScriptedAgent(needsBox: false, run);

    /// <summary>Adds an agent that runs a shell script in its box.</summary>
    public void Boxed(string script, ModelApi? model = null) => agents["test"] = new ScriptedAgent(needsBox: true, model: model, run: async (run, cancellationToken) =>
    {
        var exit = await run.Box.RunAsync(new AgentCommand { Arguments = ["sh", "-c", script] }, new Silence(), cancellationToken);
        return exit switch
        {
            { End: BoxEnd.Exited, ExitCode: 0 } => new AgentResult { Outcome = StepOutcome.Succeeded, Report = "Done." },
            { End: BoxEnd.TimedOut } => new AgentResult { Outcome = StepOutcome.TimedOut, ErrorCode = ErrorCodes.Timeout, ErrorMessage = "over its time" },
            _ => new AgentResult { Outcome = StepOutcome.Failed, ErrorCode = ErrorCodes.AgentFailed, ErrorMessage = $"{exit}" },
        };
    });

    /// <summary>A job of one step in the sample repository, as a door would have accepted it.</summary>
    public AcceptedJob Job(StepDocument? step = null, bool canWrite = true, bool requireChanges = false, Func<JobDocument, JobDocument>? change = null)
    {
        step ??= new StepDocument();
        step = step with { StepId = "02_implement", Agent = "test", Role = "implementer", Prompt = step.Prompt.Length > 0 ? step.Prompt : "Do it." };
        var job = new JobDocument { JobId = "job-0001", Goal = "Make it better.", Steps = [step] };
        return new AcceptedJob
        {
            Job = change?.Invoke(job) ?? job,
            Project = new ProjectDocument { Id = "sample", RepoUrl = Source.Path },
            Steps = [new AcceptedStep { StepId = step.StepId, Role = StepRole.Implementer, Tools = canWrite ? ["Read", "Write"] : ["Read"], CanWrite = canWrite, RequireChanges = requireChanges }],
        };
    }

    public async Task<RunStep> CommandAsync(AcceptedJob job)
    {
        var document = await WriteAsync("job-0001/.accepted.json", JsonSerializer.SerializeToUtf8Bytes(job, ContractJson.Options));
        return new RunStep
        {
            Key = new AttemptKey(Guid.NewGuid(), "job-0001", 1, "02_implement", 1, 1, Interlocked.Increment(ref token)),
            Role = StepRole.Implementer,
            Document = document,
        };
    }

    public async Task<StepFinished> RunAsync(AcceptedJob job, Func<RunStep, RunStep>? change = null, CancellationToken cancellationToken = default)
    {
        var command = await CommandAsync(job);
        return await Engine.RunAsync(change?.Invoke(command) ?? command, this, cancellationToken);
    }

    public async Task<DocumentReference> WriteAsync(string path, byte[] content) => await Store.WriteAsync(path, new MemoryStream(content), CancellationToken.None);

    /// <summary>Reads a file of a report, and makes sure that it is what the report says.</summary>
    public async Task<string> ReadAsync(StepFinished finished, string name)
    {
        var file = finished.Files[name];
        await using var stream = await Store.OpenReadAsync(file.Path, 0, CancellationToken.None);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes);
        Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())).Should().Be(file.Sha256, name);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>Folders of launches that are still on disk.</summary>
    public string[] Leftovers() => [.. Directory.GetDirectories(Path.Join(Work, "a")).SelectMany(Directory.GetDirectories)];

    public void Dispose()
    {
        services.Dispose();
        folder.Dispose();
    }

    private sealed class ScriptedAgent(bool needsBox, Func<AgentRun, CancellationToken, Task<AgentResult>> run, ModelApi? model = null) : ICodingAgent
    {
        public string Name => "test";

        public bool NeedsBox => needsBox;

        public ModelApi? Model => model;

        public Task<AgentResult> RunAsync(AgentRun attempt, CancellationToken cancellationToken) => run(attempt, cancellationToken);
    }

    private sealed class Silence : IAgentOutput
    {
        public void OnStandardOutput(ReadOnlySpan<byte> piece)
        {
        }

        public void OnStandardError(ReadOnlySpan<byte> piece)
        {
        }
    }
}
