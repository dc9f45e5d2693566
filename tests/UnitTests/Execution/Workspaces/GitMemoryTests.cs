using AwesomeAssertions;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Workspaces;

[Collection(nameof(Alone))]
public sealed class GitMemoryTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_flood_of_output_costs_no_memory_and_is_a_failure()
    {
        var script = folder.Join("script");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nhead -c 300000000 /dev/zero; head -c 100000000 /dev/zero | tr '\\0' 'e' >&2\n", TestContext.Current.CancellationToken);
        SourceRepository.Shell(folder.Path, "chmod 755 script");
        var git = new Git(Options.Create(new GitOptions { Binary = script, Timeout = TimeSpan.FromSeconds(60) }), TimeProvider.System);
        var before = GC.GetTotalMemory(true);

        var running = () => git.RunAsync(new GitCall("log") { GitDirectory = folder.Path }, TestContext.Current.CancellationToken);

        (await running.Should().ThrowAsync<WorkspaceException>().WithMessage("*printed more than*")).Which.Message.Length.Should().BeLessThan(20_000);
        (GC.GetTotalMemory(true) - before).Should().BeLessThan(50_000_000);
    }
}
