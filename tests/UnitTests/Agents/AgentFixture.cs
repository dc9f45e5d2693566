using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Agents;

/// <summary>The agents as services register them, with a clock of the test and a box that plays a transcript.</summary>
internal sealed class AgentFixture : IDisposable, IAgentLog
{
    public static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider services;

    public AgentFixture(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();
        services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(Time).AddAgents(configuration).BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(Now);

    public List<string> Log { get; } = [];

    public AgentCommand? Command { get; private set; }

    public IAgentCatalog Catalog => services.GetRequiredService<IAgentCatalog>();

    public void WriteLine(string line) => Log.Add(line);

    /// <summary>What a launch needs; the box is put in later.</summary>
    public AgentRun Run(Func<AgentRun, AgentRun>? change = null)
    {
        var run = new AgentRun
        {
            Key = new AttemptKey(Guid.Empty, "job-0001", 1, "02_implement", 1, 1, 1),
            Step = new StepDocument { StepId = "02_implement", Prompt = "Do it.", TimeoutSec = 600 },
            Role = StepRole.Implementer,
            Prompt = "# Goal\n\nMake it better.\n",
            Tools = ["Read", "Edit", "Write", "Grep", "Glob"],
            CanWrite = true,
            Workspace = "/w/work",
            Home = "/w/home",
            Temp = "/w/tmp",
            ModelUrl = new Uri("http://127.0.0.1:18080"),
            ModelKey = "sk-box-placeholder",
            Box = new ScriptedBox(new BoxExit(0, null, BoxEnd.Exited)),
            Log = this,
        };
        return change?.Invoke(run) ?? run;
    }

    /// <summary>Runs the agent over a transcript.</summary>
    public async Task<AgentResult> PlayAsync(string agent, ScriptedBox box, Func<AgentRun, AgentRun>? change = null, CancellationToken cancellationToken = default)
    {
        var result = await Catalog.Find(agent)!.RunAsync(Run(change) with { Box = box }, cancellationToken);
        Command = box.Command;
        return result;
    }

    public Task<AgentResult> PlayAsync(string agent, string output, int exitCode = 0, string error = "", Func<AgentRun, AgentRun>? change = null) =>
        PlayAsync(agent, new ScriptedBox(Exited(exitCode), output, error), change);

    public void Dispose() => services.Dispose();

    public static BoxExit Exited(int code) => code > 128 ? new BoxExit(null, code - 128, BoxEnd.Exited) : new BoxExit(code, null, BoxEnd.Exited);
}
