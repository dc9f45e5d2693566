using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class DecisionCommandTests
{
    [Theory]
    [InlineData("approve", """{"comment":"fine","step":"01_plan"}""", "--comment", "fine", "--step", "01_plan")]
    [InlineData("reject", """{"comment":"no"}""", "-m", "no")]
    [InlineData("cancel", "{}")]
    [InlineData("wake", """{"step":"01_plan"}""", "--step", "01_plan")]
    [InlineData("resolve", """{"take":"b"}""", "--take", "b")]
    [InlineData("resolve", """{"commit":"abc","comment":"by hand"}""", "--commit", "abc", "-m", "by hand")]
    [InlineData("release", """{"fingerprints":["0123456789abcdef"],"comment":"a test key"}""", "0123456789abcdef", "-m", "a test key")]
    public async Task A_decision_is_sent_with_what_was_said(string verb, string body, params string[] options)
    {
        await using var server = await CannedServer.StartAsync();
        server.On($"POST /v1/jobs/{CannedJobs.Id}/{verb}", $$"""{"job_id":"{{CannedJobs.Id}}","status":"running","requested":"{{verb}}"}""", 202);

        var run = await CliRun.Of(server, [verb, CannedJobs.Id, .. options]);

        run.ExitCode.Should().Be(ExitCodes.Done);
        server.Requests.Single(request => request.Route.StartsWith("POST", StringComparison.Ordinal)).Body.Should().Be(body);
        run.Error.Should().Contain(CannedJobs.Id);
    }
}
