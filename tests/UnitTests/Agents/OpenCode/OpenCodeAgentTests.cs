using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Agents.OpenCode;

public sealed class OpenCodeAgentTests : IDisposable
{
    private const string Start = """{"type":"step_start","timestamp":1,"sessionID":"ses_1","part":{"type":"step-start"}}""" + "\n";

    private readonly AgentFixture agents = new();

    private static string Read => """{"type":"tool_use","sessionID":"ses_1","part":{"tool":"read","state":{"status":"completed","input":{"filePath":"/w/work/README.md"},"output":"hello"}}}""" + "\n";

    private static string Words => """{"type":"text","sessionID":"ses_1","part":{"messageID":"m2","text":"# Done\n\nBetter."}}""" + "\n";

    [Fact]
    public async Task Steps_are_summed_because_there_is_no_last_event()
    {
        var result = await PlayAsync(Start + Read + Step("tool-calls", 1000, 50, 0) + Start + Words + Step("stop", 200, 70, 1000, reasoning: 30));

        (result.Outcome, result.Report, result.SessionId).Should().Be((StepOutcome.Succeeded, "# Done\n\nBetter.", "ses_1"));
        // 1200 x 5 + 1000 x 0.5 + 150 x 30 = 11000 micro-dollars; reasoning is billed as output.
        result.Usage.Should().Be(new AgentUsage
        {
            InputTokens = 1200,
            CacheReadTokens = 1000,
            OutputTokens = 150,
            Calls = 2,
            CostMicroUsd = 11_000,
            ReportedMicroUsd = 11_000,
            Model = "gpt-5.5",
        });
        agents.Log.Should().Contain("[read] /w/work/README.md");
    }

    [Theory]
    [InlineData(429, StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData(529, StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData(401, StepOutcome.FailedForGood, ErrorCodes.AgentAuth)]
    [InlineData(403, StepOutcome.FailedForGood, ErrorCodes.AgentAuth)]
    [InlineData(400, StepOutcome.FailedForGood, ErrorCodes.AgentFailed)]
    [InlineData(500, StepOutcome.Parked, ErrorCodes.ProviderError)]
    public async Task An_error_event_has_the_class_of_its_status(int status, StepOutcome outcome, string code)
    {
        var error = """{"type":"error","sessionID":"ses_1","error":{"name":"APIError","data":{"message":"scripted","statusCode":STATUS,"isRetryable":false,"responseHeaders":{"retry-after":"90"}}}}"""
            .Replace("STATUS", $"{status}", StringComparison.Ordinal);

        var result = await PlayAsync(Start + error, exitCode: 1);

        (result.Outcome, result.ErrorCode).Should().Be((outcome, code));
        if (code == ErrorCodes.ProviderLimit)
            result.RetryAt.Should().Be(AgentFixture.Now.AddSeconds(90));
    }

    [Theory]
    [InlineData("invalid", """{"tool":"write","error":"Model tried to call unavailable tool 'write'."}""", "")]
    [InlineData("bash", """{"command":"rm x"}""", "The user has specified a rule which prevents you from using this specific tool call.")]
    [InlineData("write", """{"filePath":"/etc/x"}""", "The user rejected permission to use this specific tool call.")]
    public async Task A_refused_tool_is_a_failure_although_opencode_ends_well(string tool, string input, string error)
    {
        var status = error.Length > 0 ? "error" : "completed";
        var call = $$$$"""{"type":"tool_use","part":{"tool":"{{{{tool}}}}","state":{"status":"{{{{status}}}}","input":{{{{input}}}},"error":"{{{{error}}}}"}}}""";

        var result = await PlayAsync(Start + call + "\n" + Step("tool-calls", 10, 10, 0) + Start + Words + Step("stop", 10, 10, 0));

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ToolDenied));
    }

    [Fact]
    public async Task A_tool_that_fails_by_itself_is_no_refusal()
    {
        const string Call = """{"type":"tool_use","part":{"tool":"read","state":{"status":"error","input":{"filePath":"gone"},"error":"File not found: gone"}}}""" + "\n";

        var result = await PlayAsync(Start + Call + Step("tool-calls", 10, 10, 0) + Start + Words + Step("stop", 10, 10, 0));

        result.Outcome.Should().Be(StepOutcome.Succeeded);
    }

    [Fact]
    public async Task A_model_that_goes_on_for_ever_is_ended_at_the_turn_limit()
    {
        using var limited = new AgentFixture(("Agents:MaxTurns", "2"));
        var turns = string.Concat(Enumerable.Repeat(Start + Read + Step("tool-calls", 100, 10, 0), 2));

        var result = await limited.PlayAsync(AgentNames.OpenCode, new ScriptedBox(AgentFixture.Exited(0), turns) { Hangs = true });

        (result.Outcome, result.ErrorCode, result.Usage.Calls).Should().Be((StepOutcome.Failed, ErrorCodes.TurnLimit, 2));
    }

    [Fact]
    public async Task A_launch_is_ended_when_its_sum_is_spent()
    {
        var result = await agents.PlayAsync(
            AgentNames.OpenCode, new ScriptedBox(AgentFixture.Exited(0), Start + Read + Step("tool-calls", 1000, 100, 0)) { Hangs = true }, run => run with { CapMicroUsd = 8000 });

        (result.Outcome, result.ErrorCode, result.Usage.CostMicroUsd).Should().Be((StepOutcome.FailedForGood, ErrorCodes.CostCapReached, 8000));
    }

    [Fact]
    public async Task Answers_that_are_none_do_not_go_round_for_ever()
    {
        var empty = string.Concat(Enumerable.Repeat(Start + Step("unknown", 0, 0, 0), 3));

        var result = await agents.PlayAsync(AgentNames.OpenCode, new ScriptedBox(AgentFixture.Exited(0), empty) { Hangs = true });

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ProviderError));
    }

    [Fact]
    public async Task An_end_in_the_middle_has_its_name()
    {
        var asked = await PlayAsync(Start + Words + Step("tool-calls", 10, 10, 0));
        var crashed = await PlayAsync(Start, exitCode: 137);
        var refused = await PlayAsync("", exitCode: 1, error: "Unknown argument: strange\n");

        asked.ErrorCode.Should().Be(ErrorCodes.NoResult, "a step that calls tools is followed by another");
        crashed.ErrorCode.Should().Be(ErrorCodes.AgentCrashed);
        (refused.ErrorCode, refused.ErrorMessage!.Contains("strange", StringComparison.Ordinal)).Should().Be((ErrorCodes.AgentFailed, true));
    }

    [Fact]
    public async Task The_configuration_denies_what_is_not_among_the_tools_and_knows_our_prices()
    {
        await PlayAsync(Start + Words + Step("stop", 1, 1, 0), change: run => run with { Tools = ["Read", "Edit"], Binary = "/opt/opencode" });

        var command = agents.Command!;
        command.Arguments.Should().StartWith(["/opt/opencode", "run", "--format", "json", "--model", "box/gpt-5.5"]);
        command.Environment.Should().Contain("OPENCODE_DISABLE_PROJECT_CONFIG", "1").And.Contain("npm_config_offline", "true");
        using var configuration = JsonDocument.Parse(command.HomeFiles[".config/opencode/opencode.json"]);
        var permission = configuration.RootElement.GetProperty("permission");
        permission.EnumerateObject().Where(rule => rule.Value.GetString() == "allow").Select(rule => rule.Name).Should().BeEquivalentTo("read", "edit");
        permission.GetProperty("*").GetString().Should().Be("deny");
        var provider = configuration.RootElement.GetProperty("provider").GetProperty("box");
        provider.GetProperty("options").GetProperty("baseURL").GetString().Should().Be("http://127.0.0.1:18080/v1");
        provider.GetProperty("models").GetProperty("gpt-5.5").GetProperty("cost").GetProperty("output").GetDecimal().Should().Be(30);
    }

    public void Dispose() => agents.Dispose();

    private static string Step(string reason, int input, int output, int cacheRead, int reasoning = 0)
    {
        var cost = ((input * 5m) + (cacheRead * 0.5m) + ((output + reasoning) * 30m)) / 1_000_000m;
        return JsonSerializer.Serialize(new
        {
            type = "step_finish",
            sessionID = "ses_1",
            part = new { reason, tokens = new { input, output, reasoning, cache = new { read = cacheRead, write = 0 } }, cost },
        }) + "\n";
    }

    private Task<AgentResult> PlayAsync(string output, int exitCode = 0, string error = "", Func<AgentRun, AgentRun>? change = null) =>
        agents.PlayAsync(AgentNames.OpenCode, output, exitCode, error, change);
}
