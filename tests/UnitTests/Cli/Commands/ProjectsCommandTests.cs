using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class ProjectsCommandTests
{
    [Fact]
    public async Task Changing_one_field_keeps_the_others()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/projects", """{"projects":[{"id":"shop","repo_url":"file:///a","default_branch":"main","credential":"key"}]}""");
        server.On("PUT /v1/projects/shop", """{"id":"shop","repo_url":"file:///b","default_branch":"main","credential":"key"}""");

        var run = await CliRun.Of(server, "projects", "set", "shop", "--repo-url", "file:///b");

        run.ExitCode.Should().Be(ExitCodes.Done);
        server.Requests.Last().Body.Should().Be("""{"id":"shop","repo_url":"file:///b","default_branch":"main","credential":"key"}""");
    }

    [Fact]
    public async Task Tokens_are_shown_once_and_alone_on_standard_output()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/tokens", """{"id":"t1","name":"ci","token":"orch_secret"}""", 201);

        var run = await CliRun.Of(server, "tokens", "create", "ci", "--project", "shop", "--verb", "submit", "--verb", "read", "--expires-in-days", "30");

        run.Out.Should().Be("orch_secret\n");
        server.Requests.Single().Body.Should().Be("""{"name":"ci","projects":["shop"],"verbs":["submit","read"],"expires_in_days":30}""");
    }
}
