using System.Text.Json.Nodes;
using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class SubmitCommandTests
{
    private static readonly string Accepted = $$$"""{"job_id":"{{{CannedJobs.Id}}}","status":"queued","duplicate":false,"notices":["network was clamped to deny"],"links":{}}""";

    [Fact]
    public async Task The_job_id_alone_goes_to_standard_output()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/jobs", Accepted, 202);

        var run = await CliRun.Of(server, "submit", "--goal", "Fix it", "--project", "shop", "--tag", "a", "--tag", "b", "--base-ref", "v1");

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Out.Should().Be(CannedJobs.Id + "\n");
        run.Error.Should().Contain("network was clamped").And.Contain("orch watch");
        var sent = JsonNode.Parse(server.Requests.Single().Body)!;
        sent.ToJsonString().Should().Be("""{"goal":"Fix it","project_id":"shop","base_ref":"v1","tags":["a","b"]}""");
        server.Requests.Single().Headers["Authorization"].Should().Be($"Bearer {CannedServer.Token}");
    }

    [Fact]
    public async Task Options_complete_a_job_file()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/jobs", Accepted, 202);
        using var folder = new TemporaryFolder();
        folder.File("job.yaml", "goal: from the file\ntags: [one]\nidempotency_key: k1\n");

        await CliRun.Of(["--server", server.Url, "submit", "-f", "job.yaml", "--project", "shop", "--tag", "two"], folder.Path);

        var sent = server.Requests.Single();
        sent.Body.Should().Be("""{"goal":"from the file","tags":["one","two"],"idempotency_key":"k1","project_id":"shop"}""");
        sent.Headers["Idempotency-Key"].Should().Be("k1");
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_under_the_same_key()
    {
        await using var server = await CannedServer.StartAsync();
        var calls = 0;
        server.On("POST /v1/jobs", async context =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = 202;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Accepted));
        });

        var run = await CliRun.Of(server, "submit", "--goal", "x");

        run.ExitCode.Should().Be(ExitCodes.Done);
        server.Requests.Should().HaveCount(2);
        server.Requests.Select(asked => asked.Headers["Idempotency-Key"]).Distinct().Should().ContainSingle().Which.Should().StartWith("orch-");
    }

    [Fact]
    public async Task A_folder_given_by_repo_becomes_the_project_of_its_repository()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/projects", """{"id":"sample-1","repo_url":"file:///x"}""", 201);
        server.On("POST /v1/jobs", Accepted, 202);
        using var checkout = await Checkout.CreateAsync();
        var below = Directory.CreateDirectory(Path.Combine(checkout.Path, "src")).FullName;

        await CliRun.Of(["--server", server.Url, "submit", "--goal", "x", "--repo", "."], below);

        server.Requests.First().Body.Should().Be($$"""{"repo_url":"{{new Uri(checkout.Path).AbsoluteUri}}"}""");
        server.Requests.Last().Body.Should().Contain("\"project_id\":\"sample-1\"");
    }

    [Fact]
    public async Task A_workdir_of_a_job_file_is_the_repository_that_it_works_on_as_in_version_1_0()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/projects", """{"id":"sample-1","repo_url":"file:///x"}""", 201);
        server.On("POST /v1/jobs", Accepted, 202);
        using var checkout = await Checkout.CreateAsync();

        await CliRun.Of(["--server", server.Url, "submit", "-f", Repository.Compat("job-minimal.json")], checkout.Path);

        server.Requests.First().Body.Should().Be($$"""{"repo_url":"{{new Uri(checkout.Path).AbsoluteUri}}"}""");
        var sent = JsonNode.Parse(server.Requests.Last().Body)!;
        sent["project_id"]!.GetValue<string>().Should().Be("sample-1");
        sent["workdir"].Should().BeNull();
    }

    [Fact]
    public async Task Where_the_server_works_on_no_folder_of_this_machine_a_job_file_of_version_1_0_goes_as_it_is()
    {
        await using var server = await CannedServer.StartAsync();
        server.Problem("POST /v1/projects", 403, """{"status":403,"code":"repository_not_allowed","detail":"repo_url: the runners open no folder there."}""");
        server.On("POST /v1/jobs", Accepted, 202);
        using var checkout = await Checkout.CreateAsync();

        var run = await CliRun.Of(["--server", server.Url, "submit", "-f", Repository.Compat("job-minimal.json")], checkout.Path);

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Error.Should().Contain("the runners open no folder there").And.Contain("--project");
        JsonNode.Parse(server.Requests.Last().Body)!["workdir"].Should().NotBeNull();
    }

    [Fact]
    public async Task A_workdir_without_repository_is_told_and_one_beside_a_project_counts_for_nothing()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/jobs", Accepted, 202);
        using var folder = new TemporaryFolder();
        folder.File("job.json", """{"goal":"x","workdir":"."}""");

        var alone = await CliRun.Of(["--server", server.Url, "submit", "-f", "job.json"], folder.Path);
        await CliRun.Of(["--server", server.Url, "submit", "-f", "job.json", "--project", "shop"], folder.Path);

        alone.ExitCode.Should().Be(ExitCodes.Done);
        alone.Error.Should().Contain("in no git work tree");
        server.Requests.Select(asked => asked.Body).Should().Equal("""{"goal":"x","workdir":"."}""", """{"goal":"x","workdir":".","project_id":"shop"}""");
    }

    [Fact]
    public async Task A_field_of_the_wrong_type_is_left_to_the_server_to_refuse()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/jobs", Accepted, 202);
        using var folder = new TemporaryFolder();
        folder.File("job.json", """{"goal":"x","idempotency_key":5,"workdir":[],"tags":"one"}""");

        await CliRun.Of(["--server", server.Url, "submit", "-f", "job.json"], folder.Path);
        var added = await CliRun.Of(["--server", server.Url, "submit", "-f", "job.json", "--tag", "two"], folder.Path);

        server.Requests.Should().ContainSingle().Which.Body.Should().Be("""{"goal":"x","idempotency_key":5,"workdir":[],"tags":"one"}""");
        added.ExitCode.Should().Be(ExitCodes.Usage);
        added.Error.Should().Contain("$.tags");
    }

    [Fact]
    public async Task A_folder_without_repository_is_refused_before_anything_is_sent()
    {
        await using var server = await CannedServer.StartAsync();
        using var folder = new TemporaryFolder();

        var run = await CliRun.Of(["--server", server.Url, "submit", "--goal", "x", "--repo", folder.Path], folder.Path);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        server.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("completed", "null", "null", ExitCodes.Done)]
    [InlineData("failed", "null", """{"code":"agent_failed","message":"no","step_id":"01_plan"}""", ExitCodes.JobFailed)]
    [InlineData("failed", "null", """{"code":"rejected","message":"no"}""", ExitCodes.NeedsPerson)]
    [InlineData("failed", "null", """{"code":"budget_denied","message":"no"}""", ExitCodes.BudgetRefused)]
    [InlineData("cancelled", "null", "null", ExitCodes.JobFailed)]
    [InlineData("parked", """{"reason":"approval","detail":"asks"}""", "null", ExitCodes.NeedsPerson)]
    [InlineData("parked", """{"reason":"budget","detail":"none left","wake_at":null}""", "null", ExitCodes.BudgetRefused)]
    public async Task Watching_ends_with_the_exit_code_of_how_the_job_ended(string status, string parked, string error, int expected)
    {
        await using var server = await CannedServer.StartAsync();
        server.On("POST /v1/jobs", Accepted, 202);
        server.On($"GET /v1/jobs/{CannedJobs.Id}", CannedJobs.Job(status, CannedJobs.Step("01_plan", "succeeded"), parked, error));

        var run = await CliRun.Of(server, "submit", "--goal", "x", "--watch");

        run.ExitCode.Should().Be(expected);
        run.Error.Should().Contain("✓ succeeded  01_plan  simulated 2.0s  done");
        run.Out.Should().Contain(status);
    }
}
