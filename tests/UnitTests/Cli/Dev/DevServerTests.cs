using AwesomeAssertions;
using Orchestrator.Cli;
using Orchestrator.Cli.Dev;

namespace Orchestrator.UnitTests.Cli.Dev;

public sealed class DevServerTests
{
    [Fact]
    public async Task A_data_folder_that_cannot_be_is_refused_with_the_option_that_names_another()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("data", "no folder");

        var run = await CliRun.Of(["dev", "--data", file], folder.Path);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Error.Should().Contain(file).And.Contain("--data");
    }

    [Fact]
    public async Task It_says_who_works_where_a_job_names_nobody()
    {
        using var folder = new TemporaryFolder();

        await using var server = await DevServer.StartAsync(folder.Path, 0, ["--Agents:Mode=real"], CancellationToken.None);

        server.DefaultAgent.Should().Be("claude");
    }
}
