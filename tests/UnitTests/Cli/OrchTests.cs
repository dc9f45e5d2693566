using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli;

public sealed class OrchTests
{
    [Theory]
    [InlineData("submit")]
    [InlineData("submit", "--goal", "x", "--repo", ".", "--project", "p")]
    [InlineData("resolve", "job-0001")]
    [InlineData("resolve", "job-0001", "--take", "a", "--commit", "b")]
    [InlineData("list", "-o", "xml")]
    [InlineData("list", "--limit", "0")]
    [InlineData("watch", "job-0001", "--timeout", "soon")]
    [InlineData("no-such-command")]
    [InlineData("sumbit", "--goal", "x")]
    [InlineData("tokens")]
    [InlineData("status", "")]
    [InlineData("cancel", "..")]
    [InlineData("projects", "show", "")]
    [InlineData("projects", "delete", ".")]
    [InlineData("tokens", "revoke", "")]
    public async Task A_wrong_call_is_exit_code_2_and_writes_nothing_to_standard_output(params string[] arguments)
    {
        var run = await CliRun.Of(arguments);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Out.Should().BeEmpty();
        run.Error.Should().Contain("--help");
    }

    [Fact]
    public async Task A_mistyped_command_is_told_the_nearest_right_one()
    {
        var run = await CliRun.Of(["sumbit", "--goal", "x"]);

        run.Error.Should().Be("error: 'sumbit' is no command of orch. Did you mean submit?\nhint: orch --help\n");
    }

    [Fact]
    public async Task Without_any_server_the_remedy_is_named()
    {
        using var empty = new TemporaryFolder();

        var run = await CliRun.Of(["list"], empty.Path);

        run.ExitCode.Should().Be(ExitCodes.Unreachable);
        run.Error.Should().Contain("orch dev").And.Contain("ORCH_SERVER");
    }

    [Theory]
    [InlineData("orch_a\norch_b")]
    [InlineData("orch_ü")]
    [InlineData("")]
    public async Task A_token_that_no_header_takes_is_refused_before_anything_is_sent(string token)
    {
        await using var server = await CannedServer.StartAsync();

        var run = await CliRun.Of(["--server", server.Url, "--token", token, "list"]);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Error.Should().StartWith("error: The token ").And.Contain("hint: ");
        server.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("report")]
    [InlineData("diff")]
    [InlineData("apply")]
    public async Task An_artifact_of_a_job_that_is_not_there_is_told_as_that(string command)
    {
        await using var server = await CannedServer.StartAsync();

        var run = await CliRun.Of(server, command, "job-000123");

        run.ExitCode.Should().Be(ExitCodes.NotFound);
        run.Error.Should().Contain("There is no such job.");
    }

    [Fact]
    public async Task An_artifact_that_is_not_there_yet_and_a_step_that_never_was_are_told_apart()
    {
        await using var server = await CannedServer.StartAsync();
        server.On($"GET /v1/jobs/{CannedJobs.Id}", CannedJobs.Job("running", CannedJobs.Step("01_plan", "running")));

        var early = await CliRun.Of(server, "report", CannedJobs.Id);
        var wrong = await CliRun.Of(server, "report", CannedJobs.Id, "--step", "02_plan");

        early.Error.Should().Contain("yet").And.Contain($"orch status {CannedJobs.Id}");
        wrong.Error.Should().Contain("no step 02_plan").And.Contain("01_plan");
        new[] { early.ExitCode, wrong.ExitCode }.Should().AllBeEquivalentTo(ExitCodes.NotFound);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_exit_code_6()
    {
        await using var server = await CannedServer.StartAsync();
        var url = server.Url;
        await server.DisposeAsync();

        var run = await CliRun.Of(["--server", url, "list"]);

        run.ExitCode.Should().Be(ExitCodes.Unreachable);
        run.Error.Should().Contain(url).And.Contain("--server");
    }

    [Fact]
    public async Task An_unknown_job_is_exit_code_3_with_the_servers_hint()
    {
        await using var server = await CannedServer.StartAsync();

        var run = await CliRun.Of(server, "status", "job-000123");

        run.ExitCode.Should().Be(ExitCodes.NotFound);
        run.Out.Should().BeEmpty();
        run.Error.Should().Contain("There is no such job.").And.Contain("hint: List jobs: orch list");
    }

    [Fact]
    public async Task Each_field_that_the_server_refuses_is_shown_with_its_path()
    {
        await using var server = await CannedServer.StartAsync();
        server.Problem("POST /v1/jobs", 400, """{"title":"Bad Request","status":400,"code":"invalid_job","detail":"The job is not valid.","hint":"See the schema.","trace_id":"t1","errors":{"$.steps[0].agent":["no agent 'x'; use claude"]}}""");

        var run = await CliRun.Of(server, "submit", "--goal", "x");

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Error.Should().Contain("invalid_job").And.Contain("  $.steps[0].agent: no agent 'x'; use claude").And.Contain("trace: t1");
    }

    [Theory]
    [InlineData(402, "payment", ExitCodes.BudgetRefused)]
    [InlineData(409, "budget_denied", ExitCodes.BudgetRefused)]
    [InlineData(403, "forbidden", ExitCodes.Usage)]
    [InlineData(503, "unavailable", ExitCodes.Unreachable)]
    public async Task A_refusal_has_the_exit_code_of_its_kind(int status, string code, int expected)
    {
        await using var server = await CannedServer.StartAsync();
        server.Problem("GET /v1/agents", status, $$"""{"code":"{{code}}","detail":"no"}""");

        var run = await CliRun.Of(server, "agents");

        run.ExitCode.Should().Be(expected);
    }

    [Fact]
    public async Task Something_that_is_no_gateway_is_named_as_such()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/agents", "<html>hello</html>", type: "text/html");

        var run = await CliRun.Of(server, "agents");

        run.ExitCode.Should().Be(ExitCodes.Unreachable);
        run.Error.Should().Contain("gateway");
    }

    [Fact]
    public async Task Completion_offers_commands_and_the_servers_jobs()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/jobs", $$"""{"jobs":[{{CannedJobs.Job("running")}}],"next_cursor":null}""");

        var commands = await CliRun.Of(["[suggest:2]", "st"]);
        var jobs = await CliRun.Of(["[suggest:80]", $"--server {server.Url} status "]);

        commands.Out.Should().Contain("status");
        jobs.Out.Should().Contain("@latest").And.Contain(CannedJobs.Id);
    }
}
