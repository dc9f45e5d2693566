using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Sandbox;
using Orchestrator.UnitTests.Execution.Processes;

namespace Orchestrator.UnitTests.Execution.Sandbox;

/// <summary>Folders of a launch on a host with something to hide, and boxes over them. Without bubblewrap every test with it fails.</summary>
internal sealed class BoxFixture : IDisposable
{
    private static readonly ProcessRunner Runner = new(TimeProvider.System, NullLogger<ProcessRunner>.Instance);

    private readonly TempFolder folder = new();
    private readonly BubblewrapSandbox bubblewrap;

    public BoxFixture()
    {
        bubblewrap = Bubblewrap(new SandboxOptions());
        foreach (var name in new[] { "work", "home", "tmp" })
            Directory.CreateDirectory(folder.Join(name));
        File.WriteAllText(folder.Join("canary"), "of the host\n");
        File.WriteAllText(folder.Join("work", "README.md"), "hello\n");
    }

    public string Root => folder.Path;

    public string Workspace => folder.Join("work");

    public static BubblewrapSandbox Bubblewrap(SandboxOptions options) =>
        new(Options.Create(options), Runner, TimeProvider.System, NullLogger<BubblewrapSandbox>.Instance);

    public BoxLayout Layout(bool canWrite = true, BoxNetwork network = BoxNetwork.Deny, string? modelSocket = null) => new()
    {
        Workspace = Workspace,
        Home = folder.Join("home"),
        Temp = folder.Join("tmp"),
        CanWrite = canWrite,
        Network = network,
        ModelSocket = modelSocket,
    };

    /// <summary>Runs a shell script in a box, or without one to show that the script can do what the box must stop.</summary>
    public async Task<(BoxExit Exit, string Output)> ShellAsync(string script, BoxLayout? layout = null, bool boxed = true, IReadOnlyDictionary<string, string>? environment = null)
    {
        ISandbox sandbox = boxed ? bubblewrap : new NoSandbox();
        var output = new CollectedOutput();
        var box = new AgentBox(sandbox, Runner, Options.Create(new SandboxOptions()), TimeProvider.System, layout ?? Layout(), TimeSpan.FromSeconds(60));
        var command = new AgentCommand { Arguments = ["bash", "-c", script], Environment = environment ?? new Dictionary<string, string>() };
        var exit = await box.RunAsync(command, output, CancellationToken.None);
        return (exit, output.Output + output.Error);
    }

    public void Dispose()
    {
        bubblewrap.Dispose();
        folder.Dispose();
    }
}
