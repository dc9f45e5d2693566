using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Agents.Claude;

public sealed class ClaudeAgentTests : IDisposable
{
    private const string Init = """{"type":"system","subtype":"init","session_id":"5e55","tools":["Read","Edit"],"model":"claude-sonnet-5-5","permissionMode":"acceptEdits"}""" + "\n";

    // One answer in two events with the same id and the same counts.
    private const string Answers = """
        {"type":"assistant","session_id":"5e55","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-5-5","content":[{"type":"text","text":"I read."}],"usage":{"input_tokens":1000,"cache_read_input_tokens":0,"cache_creation_input_tokens":400,"output_tokens":50}}}
        {"type":"assistant","session_id":"5e55","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-5-5","content":[{"type":"tool_use","id":"toolu_1","name":"Read","input":{"file_path":"README.md"}}],"usage":{"input_tokens":1000,"cache_read_input_tokens":0,"cache_creation_input_tokens":400,"output_tokens":50}}}
        {"type":"user","session_id":"5e55","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"hello"}]},"tool_use_result":{}}
        {"type":"assistant","session_id":"5e55","message":{"id":"msg_2","role":"assistant","model":"claude-sonnet-5-5","content":[{"type":"text","text":"# Done\n\nIt is better."}],"usage":{"input_tokens":200,"cache_read_input_tokens":1000,"cache_creation_input_tokens":0,"output_tokens":70}}}

        """;

    private const string Success = """{"usage":{"input_tokens":1200},"result":"# Done\n\nIt is better.","is_error":false,"subtype":"success","type":"result","session_id":"5e55","num_turns":2,"total_cost_usd":0.0047,"permission_denials":[],"modelUsage":{"claude-sonnet-5-5":{"inputTokens":1200,"outputTokens":120,"cacheReadInputTokens":1000,"cacheCreationInputTokens":400,"costUSD":0.0047}}}""" + "\n";

    private readonly AgentFixture agents = new();

    [Fact]
    public async Task A_finished_session_is_a_success_with_its_words_session_tokens_and_cost()
    {
        var result = await PlayAsync(Init + Answers + Success);

        (result.Outcome, result.ErrorCode, result.SessionId).Should().Be((StepOutcome.Succeeded, null, "5e55"));
        (result.Report, result.Summary).Should().Be(("# Done\n\nIt is better.", "Done"));
        // 1200 x 2 + 1000 x 0.1 + 400 x 2.5 + 120 x 10 = 4700 micro-dollars.
        result.Usage.Should().Be(new AgentUsage
        {
            InputTokens = 1200,
            CacheReadTokens = 1000,
            CacheWriteTokens = 400,
            OutputTokens = 120,
            Calls = 2,
            CostMicroUsd = 4700,
            ReportedMicroUsd = 4700,
            Model = "claude-sonnet-5-5",
        });
        result.Notices.Should().BeEmpty();
        agents.Log.Should().Contain(["I read.", "[Read] README.md"]);
    }

    [Fact]
    public async Task A_session_that_is_cut_off_costs_what_its_answers_did()
    {
        var result = await agents.PlayAsync(AgentNames.Claude, new ScriptedBox(new BoxExit(null, 9, BoxEnd.TimedOut), Init + Answers));

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.TimedOut, ErrorCodes.Timeout));
        (result.Usage.InputTokens, result.Usage.CostMicroUsd, result.Usage.Calls).Should().Be((1200, 4700, 2));
    }

    [Fact]
    public async Task A_cancelled_session_is_billed_too()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var result = await agents.PlayAsync(AgentNames.Claude, new ScriptedBox(AgentFixture.Exited(0), Init + Answers) { Hangs = true }, cancellationToken: cancel.Token);

        (result.Outcome, result.ErrorCode, result.Usage.CostMicroUsd).Should().Be((StepOutcome.Cancelled, ErrorCodes.Cancelled, 4700));
    }

    [Fact]
    public async Task A_session_that_this_machine_breaks_off_is_billed_too()
    {
        var result = await agents.PlayAsync(AgentNames.Claude, new ScriptedBox(AgentFixture.Exited(0), Init + Answers) { Fault = new IOException("a secret path") });

        (result.Outcome, result.ErrorCode, result.Usage.CostMicroUsd).Should().Be((StepOutcome.Failed, ErrorCodes.Internal, 4700));
        result.ErrorMessage.Should().Contain("IOException").And.NotContain("secret");
    }

    [Theory]
    [InlineData(401, "Invalid API key", StepOutcome.FailedForGood, ErrorCodes.AgentAuth)]
    [InlineData(403, "Forbidden", StepOutcome.FailedForGood, ErrorCodes.AgentAuth)]
    [InlineData(400, "prompt is too long", StepOutcome.FailedForGood, ErrorCodes.AgentFailed)]
    [InlineData(413, "request too large", StepOutcome.FailedForGood, ErrorCodes.AgentFailed)]
    [InlineData(400, "Your credit balance is too low", StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData(429, "rate_limit_error", StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData(529, "Overloaded", StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData(500, "Internal server error", StepOutcome.Parked, ErrorCodes.ProviderError)]
    public async Task An_error_of_the_model_has_its_class(int status, string message, StepOutcome outcome, string code)
    {
        // The subtype says success all the same.
        var result = await PlayAsync(Init + ApiError($"API Error: {status} {message}", $"{status}"), exitCode: 1);

        (result.Outcome, result.ErrorCode).Should().Be((outcome, code));
        result.ErrorMessage.Should().Contain(message);
    }

    [Theory]
    [InlineData("Not logged in · Please run /login", StepOutcome.FailedForGood, ErrorCodes.AgentAuth)]
    [InlineData("the answer makes no sense", StepOutcome.Failed, ErrorCodes.ProviderError)]
    [InlineData("Connection error.", StepOutcome.Parked, ErrorCodes.ProviderError)]
    [InlineData("Request timed out", StepOutcome.Parked, ErrorCodes.ProviderError)]
    public async Task An_error_without_a_status_is_known_by_its_words(string message, StepOutcome outcome, string code)
    {
        var result = await PlayAsync(Init + ApiError(message, "null"), exitCode: 1);

        (result.Outcome, result.ErrorCode).Should().Be((outcome, code));
    }

    [Fact]
    public async Task The_end_of_a_limit_is_what_the_relay_saw()
    {
        var end = AgentFixture.Now.AddHours(3);

        var result = await PlayAsync(
            Init + ApiError("API Error: 429 rate_limit_error", "429"), exitCode: 1, change: run => run with { LastRefusal = () => new ModelRefusal(429, end) });

        (result.Outcome, result.RetryAt).Should().Be((StepOutcome.Parked, end));
    }

    [Fact]
    public async Task The_end_of_a_limit_is_known_too_when_the_program_that_told_of_it_lingers_and_is_ended()
    {
        var end = AgentFixture.Now.AddHours(3);
        var box = new ScriptedBox(AgentFixture.Exited(1), Init + ApiError("API Error: 429 rate_limit_error", "429") + "\n") { Hangs = true };
        var lingering = agents.PlayAsync(AgentNames.Claude, box, run => run with { LastRefusal = () => new ModelRefusal(429, end) });

        agents.Time.Advance(TimeSpan.FromSeconds(2));

        var result = await lingering.WaitAsync(TimeSpan.FromSeconds(20));
        (result.Outcome, result.ErrorCode, result.RetryAt).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit, end));
    }

    [Theory]
    [InlineData("Claude AI usage limit reached|1795788000", "2026-11-27T14:00:00Z")]
    [InlineData("429 rate limited, try again in 2 hours", "2026-11-27T14:00:00Z")]
    [InlineData("429 rate limited", "2026-11-27T12:01:00Z")]
    public async Task Or_what_the_message_says_or_a_minute(string message, string end)
    {
        var result = await PlayAsync(Init + ApiError(message, "429"), exitCode: 1);

        result.RetryAt.Should().Be(DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_refused_tool_is_a_failure_although_the_session_calls_itself_a_success()
    {
        var denied = Success.Replace("\"permission_denials\":[]", """
            "permission_denials":[{"tool_name":"Write","tool_use_id":"t","tool_input":{}}]
            """, StringComparison.Ordinal);

        var result = await PlayAsync(Init + Answers + denied, change: ReadOnly);

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ToolDenied));
        result.ErrorMessage.Should().Contain("Write was refused").And.Contain("Read, Grep, Glob");
    }

    [Fact]
    public async Task A_call_of_a_tool_that_the_step_has_not_is_a_refusal_too()
    {
        var call = Answers.Replace("\"name\":\"Read\"", "\"name\":\"Write\"", StringComparison.Ordinal);

        var result = await PlayAsync(Init + call + Success, change: ReadOnly);

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ToolDenied));
    }

    [Theory]
    [InlineData("error_max_turns", StepOutcome.Failed, ErrorCodes.TurnLimit)]
    [InlineData("error_max_budget_usd", StepOutcome.FailedForGood, ErrorCodes.CostCapReached)]
    [InlineData("error_during_execution", StepOutcome.Failed, ErrorCodes.ProviderError)]
    public async Task A_limit_of_the_session_has_its_name(string subtype, StepOutcome outcome, string code)
    {
        var end = $$"""{"type":"result","subtype":"{{subtype}}","is_error":true,"errors":["stopped"],"total_cost_usd":0.0047,"permission_denials":[]}""";

        var result = await PlayAsync(Init + Answers + end, exitCode: 1, change: run => run with { CapMicroUsd = 5000 });

        (result.Outcome, result.ErrorCode, result.Usage.CostMicroUsd).Should().Be((outcome, code, 4700));
    }

    [Fact]
    public async Task A_signal_that_is_not_ours_is_a_crash()
    {
        var result = await PlayAsync(Init + Answers, exitCode: 143);

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.AgentCrashed));
        result.ErrorMessage.Should().Contain("signal 15");
    }

    [Fact]
    public async Task Exit_code_zero_without_a_result_is_no_success()
    {
        var interrupted = await PlayAsync(Init + Answers);
        var silent = await PlayAsync("");
        var wordless = await PlayAsync(Init + Success.Replace("# Done\\n\\nIt is better.", " ", StringComparison.Ordinal));

        new[] { interrupted, silent, wordless }.Should().OnlyContain(result => result.Outcome == StepOutcome.Failed && result.ErrorCode == ErrorCodes.NoResult);
    }

    [Fact]
    public async Task Words_on_standard_error_are_told_when_there_is_nothing_else()
    {
        var result = await PlayAsync("", exitCode: 1, error: "error: unknown option '--strange'\n");

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.AgentFailed));
        result.ErrorMessage.Should().Contain("exit code 1").And.Contain("unknown option");
    }

    [Fact]
    public async Task What_could_not_be_started_parks_and_silence_is_named()
    {
        var missing = await agents.PlayAsync(AgentNames.Claude, new ScriptedBox(new BoxExit(null, null, BoxEnd.NotStarted, "it is not there")));
        var idle = await agents.PlayAsync(AgentNames.Claude, new ScriptedBox(new BoxExit(null, 9, BoxEnd.Idle), Init));

        (missing.Outcome, missing.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.AgentUnavailable));
        (idle.Outcome, idle.ErrorCode).Should().Be((StepOutcome.TimedOut, ErrorCodes.IdleTimeout));
    }

    [Fact]
    public async Task Waiting_for_an_overloaded_model_until_the_end_is_the_models_fault()
    {
        const string Retry = """{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"retry_delay_ms":60000,"error_status":529,"error":"overloaded"}""" + "\n";

        var result = await agents.PlayAsync(AgentNames.Claude, new ScriptedBox(new BoxExit(null, 9, BoxEnd.TimedOut), Init + Retry));

        (result.Outcome, result.ErrorCode, result.RetryAt).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit, AgentFixture.Now.AddMinutes(1)));
    }

    [Fact]
    public async Task Garbage_between_the_events_costs_nothing()
    {
        var broken = "{\"type\":\"assistant\"\n{\"type\":7}\n[]\nnull\n{\"type\":\"assistant\",\"message\":\"text\"}\n{\"type\":\"result\"\n" + """{"type":"assistant","message":{"id":"\ud800","model":"x","content":[{"type":"text","text":"\ud800"}]}}""" + "\n";

        var result = await PlayAsync(Init + broken + Answers + Success);

        (result.Outcome, result.Usage.InputTokens).Should().Be((StepOutcome.Succeeded, 1200));
    }

    [Fact]
    public async Task Numbers_that_cannot_be_are_not_billed_as_they_stand()
    {
        var lies = Success.Replace("\"inputTokens\":1200", "\"inputTokens\":-5", StringComparison.Ordinal).Replace("0.0047,\"permission", "-3,\"permission", StringComparison.Ordinal);

        var result = await PlayAsync(Init + lies);

        (result.Usage.InputTokens, result.Usage.CostMicroUsd, result.Usage.ReportedMicroUsd).Should().Be((0, 2300, null));
    }

    [Fact]
    public async Task The_command_line_holds_to_the_steps_tools_and_carries_no_key()
    {
        await PlayAsync(Init + Answers + Success, change: run => ReadOnly(run) with { CapMicroUsd = 1_250_000, Binary = "/opt/claude" });

        var command = agents.Command!;
        var line = string.Join(' ', command.Arguments);
        line.Should().StartWith("/opt/claude -p --output-format stream-json --verbose --model claude-sonnet-5-5 --permission-mode default --tools Read,Grep,Glob ")
            .And.Contain("--allowedTools Read,Grep,Glob").And.Contain("--disallowedTools Bash,Edit,MultiEdit,NotebookEdit,Task,WebFetch,WebSearch,Write")
            .And.Contain("--max-turns 200").And.Contain("--max-budget-usd 1.25").And.NotContain("dangerously");
        command.StandardInput.Should().Be("# Goal\n\nMake it better.\n");
        command.Environment["ANTHROPIC_BASE_URL"].Should().Be("http://127.0.0.1:18080");
        command.Environment["ANTHROPIC_API_KEY"].Should().Be("sk-box-placeholder");
    }

    [Fact]
    public async Task A_model_without_a_price_is_refused_before_anything_is_spent()
    {
        var result = await PlayAsync(Init + Answers + Success, change: run => run with { Model = "claude-of-tomorrow" });

        (result.Outcome, agents.Command).Should().Be((StepOutcome.FailedForGood, null));
        result.ErrorMessage.Should().Contain("claude-of-tomorrow").And.Contain("Agents:PricesFile");
    }

    public void Dispose() => agents.Dispose();

    private static AgentRun ReadOnly(AgentRun run) => run with { Tools = ["Read", "Grep", "Glob"], CanWrite = false };

    private static string ApiError(string message, string status) =>
        $$"""{"type":"result","subtype":"success","is_error":true,"api_error_status":{{status}},"result":"{{message}}","session_id":"5e55","permission_denials":[]}""";

    private Task<AgentResult> PlayAsync(string output, int exitCode = 0, string error = "", Func<AgentRun, AgentRun>? change = null) =>
        agents.PlayAsync(AgentNames.Claude, output, exitCode, error, change);
}
