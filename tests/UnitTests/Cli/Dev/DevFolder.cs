namespace Orchestrator.UnitTests.Cli.Dev;

/// <summary>A folder in which a real <c>orch dev</c> runs as a process, with a repository beside it; the tool finds the server by the folder.</summary>
public sealed class DevFolder : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private OrchProcess? _dev;

    public string Path => _folder.Path;

    public Checkout Repository { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Repository = await Checkout.CreateAsync();
        _dev = await OrchProcess.StartDevAsync(Path);
    }

    public Task<CliRun> RunAsync(params string[] arguments) => CliRun.Of(arguments, Path);

    /// <summary>Submits a job file and answers its id.</summary>
    public async Task<string> SubmitAsync(string yaml)
    {
        var run = await CliRun.Of(["submit", "-f", "-", "--repo", Repository.Path, "-o", "name"], Path, input: yaml);
        return run.ExitCode == 0 ? run.Out.Trim() : throw new InvalidOperationException(run.Error);
    }

    public async ValueTask DisposeAsync()
    {
        if (_dev is not null)
            await _dev.DisposeAsync();
        Repository.Dispose();
        _folder.Dispose();
    }
}
