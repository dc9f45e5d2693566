using System.Net;
using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Microsoft.Extensions.Logging;

namespace Orchestrator.UnitTests.Gateway.Problems;

public sealed class ProblemTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task Whatever_goes_wrong_is_a_problem_with_code_hint_and_trace()
    {
        await (await gateway.Admin.GetAsync("/v1/nothing")).ProblemAsync(HttpStatusCode.NotFound, "no_such_route");
        await (await gateway.Admin.DeleteAsync("/v1/jobs")).ProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        await (await gateway.Admin.GetAsync("/v1/jobs/nothing")).ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var nobody = gateway.Client(null);
        await (await nobody.GetAsync("/v1/nothing")).ProblemAsync(HttpStatusCode.Unauthorized, "token_missing");
    }

    [Fact]
    public async Task The_trace_of_the_caller_is_the_trace_of_the_problem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/jobs/nothing");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        request.Headers.Authorization = gateway.Admin.DefaultRequestHeaders.Authorization;
        using var foreign = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = gateway.Address };

        using var answer = await foreign.SendAsync(request);

        (await answer.ProblemAsync(HttpStatusCode.NotFound)).Text("trace_id").Should().Be("0af7651916cd43dd8448eb211c80319c");
    }

    [Theory]
    [InlineData("POST /webhook")]
    [InlineData("POST /v1/jobs")]
    [InlineData("PUT /v1/projects/large")]
    [InlineData("POST /v1/tokens")]
    public async Task A_body_that_says_it_is_too_large_is_refused_before_it_is_sent(string route)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await using var stream = tcp.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"{route} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {GatewayHost.AdminToken}\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{{"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = await new StreamReader(stream).ReadToEndAsync(limit.Token);

        answer.Should().StartWith("HTTP/1.1 413").And.Contain("Connection: close").And.Contain("\"too_large\"");
    }

    [Fact]
    public async Task A_sender_who_is_still_writing_sees_the_refusal_and_no_broken_connection()
    {
        const int bytes = 4_000_000;
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/jobs HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {GatewayHost.AdminToken}\r\nContent-Length: {bytes}\r\n\r\n"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var reader = new StreamReader(stream);
        var status = await reader.ReadLineAsync(limit.Token);

        // Refused by what it says of itself, and only then sent.
        await stream.WriteAsync(new byte[bytes], limit.Token);
        var rest = await reader.ReadToEndAsync(limit.Token);

        status.Should().StartWith("HTTP/1.1 413");
        rest.Should().Contain("Connection: close").And.Contain("\"too_large\"");
    }

    [Fact]
    public async Task A_body_that_does_not_say_how_large_it_is_ends_at_the_limit()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await using var stream = tcp.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/jobs HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {GatewayHost.AdminToken}\r\nTransfer-Encoding: chunked\r\n\r\n{262_145:x}\r\n{new string(' ', 262_145)}\r\n"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = await new StreamReader(stream).ReadToEndAsync(limit.Token);

        answer.Should().StartWith("HTTP/1.1 413").And.Contain("\"too_large\"");
    }

    [Fact]
    public async Task Refusals_are_written_to_the_audit()
    {
        using var client = await gateway.ClientOfAsync(["read"], "shop");
        var job = await gateway.SubmitAsync(new { goal = "x", project_id = "bank" });

        (await client.PostAsync($"/v1/jobs/{job}/cancel", null)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await client.GetAsync($"/v1/jobs/{job}")).StatusCode.Should().Be(HttpStatusCode.NotFound);

        await GatewayHost.UntilAsync(() => gateway.QueryAsync(db => Task.FromResult(
            db.Audit.Any(row => row.JobId == job && row.Action == "POST /v1/jobs/{id}/cancel" && row.Result == "verb_missing")
            && db.Audit.Any(row => row.JobId == job && row.Action == "GET /v1/jobs/{id}" && row.Result == "not_found"))));
    }

    [Fact]
    public async Task Health_says_what_it_looked_at()
    {
        (await gateway.Admin.GetStringAsync("/health/live")).Should().Be("Healthy");
        (await gateway.Admin.GetStringAsync("/health/startup")).Should().Contain("gateway-schema");
        (await gateway.Admin.GetStringAsync("/health/ready")).Should().Contain("gateway-database").And.Contain("broker");
    }

    [Fact]
    public async Task Readiness_and_log_of_the_door_say_that_jobs_may_leave_the_sandbox()
    {
        await using var own = await GatewayHost.StartAsync(("Policy:AllowUnsandboxed", "true"));

        (await own.Admin.GetStringAsync("/health/ready")).Should().Contain("\"degraded\"").And.Contain("Policy:AllowUnsandboxed");
        own.Log.All.Should().Contain(line => line.Level == LogLevel.Warning && line.Text.StartsWith("The bar is lowered: Policy:AllowUnsandboxed", StringComparison.Ordinal));
        (await gateway.Admin.GetStringAsync("/health/ready")).Should().NotContain("AllowUnsandboxed");
    }

    [Fact]
    public async Task The_agents_that_a_step_may_name_are_listed_and_commands_only_when_they_are_configured()
    {
        await using var own = await GatewayHost.StartAsync(("Agents:Commands:linter:Arguments:0", "/opt/linter"));

        (await AgentsAsync(gateway)).Should().BeEquivalentTo("claude", "codex", "merge", "opencode", "simulated");
        (await AgentsAsync(own)).Should().Contain("linter");
        using var unknown = await gateway.Admin.PostAsync("/v1/jobs", Answers.Body("""{"goal": "x", "steps": [{"step_id": "a", "agent": "command", "role": "planner", "prompt": "p"}]}"""));
        (await unknown.ProblemAsync(HttpStatusCode.BadRequest, "unknown_agent")).Text("hint").Should().Contain("Agents:Commands");
        using var project = await own.Admin.PutAsync("/v1/projects/mine", Answers.Body("""{"repo_url": "https://example.org/mine.git", "default_agents": {"reviewer": "linter"}}"""));
        project.StatusCode.Should().Be(HttpStatusCode.Created);

        static async Task<IEnumerable<string>> AgentsAsync(GatewayHost host)
        {
            using var answer = await host.Admin.GetAsync("/v1/agents");
            return (await answer.JsonAsync()).GetProperty("agents").EnumerateArray().Select(agent => agent.Text("name")).ToList();
        }
    }
}
