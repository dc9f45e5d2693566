using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Agents.Codex;

public sealed class CodexAgentTests : IDisposable
{
    private const string Start = """
        {"type":"thread.started","thread_id":"7ea0"}
        {"type":"turn.started"}

        """;

    private const string Work = """
        {"type":"item.started","item":{"id":"item_0","type":"command_execution","command":"cat README.md","aggregated_output":"","status":"in_progress"}}
        {"type":"item.completed","item":{"id":"item_0","type":"command_execution","command":"cat README.md","aggregated_output":"hello\n","exit_code":0,"status":"completed"}}
        {"type":"item.completed","item":{"id":"item_1","type":"file_change","changes":[{"path":"/w/work/README.md","kind":"update"}],"status":"completed"}}
        {"type":"item.completed","item":{"id":"item_2","type":"agent_message","text":"## Better\n\nDone."}}

        """;

    private const string End = """{"type":"turn.completed","usage":{"input_tokens":3000,"cached_input_tokens":2000,"cache_write_input_tokens":0,"output_tokens":150,"reasoning_output_tokens":40}}""" + "\n";

    private readonly AgentFixture agents = new();

    [Fact]
    public async Task A_finished_turn_is_a_success_and_cached_tokens_are_no_part_of_the_others()
    {
        var result = await PlayAsync(Start + Work + End);

        (result.Outcome, result.Report, result.Summary, result.SessionId).Should().Be((StepOutcome.Succeeded, "## Better\n\nDone.", "Better", "7ea0"));
        // 1000 x 5 + 2000 x 0.5 + 150 x 30 = 10500 micro-dollars.
        result.Usage.Should().Be(new AgentUsage { InputTokens = 1000, CacheReadTokens = 2000, OutputTokens = 150, CostMicroUsd = 10_500, Model = "gpt-5.5" });
        agents.Log.Should().Contain(["[shell] cat README.md", "[update] /w/work/README.md"]);
    }

    [Theory]
    [InlineData("exceeded retry limit, last status: 429 Too Many Requests", StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData("You've hit your usage limit. Try again in 3 hours 5 minutes.", StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData("unexpected status 529: overloaded", StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData("You exceeded your current quota, please check your plan and billing details", StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    [InlineData("unexpected status 401 Unauthorized: bad key", StepOutcome.FailedForGood, ErrorCodes.AgentAuth)]
    [InlineData("unexpected status 403 Forbidden", StepOutcome.FailedForGood, ErrorCodes.AgentAuth)]
    [InlineData("unexpected status 400 Bad Request", StepOutcome.FailedForGood, ErrorCodes.AgentFailed)]
    [InlineData("unexpected status 500 Internal Server Error", StepOutcome.Parked, ErrorCodes.ProviderError)]
    [InlineData("stream disconnected before completion", StepOutcome.Parked, ErrorCodes.ProviderError)]
    public async Task A_failed_turn_has_the_class_of_its_words(string message, StepOutcome outcome, string code)
    {
        var failed = $$$"""
            {"type":"error","message":"{{{message}}}"}
            {"type":"turn.failed","error":{"message":"{{{message}}}"}}

            """;

        var result = await PlayAsync(Start + failed, exitCode: 1);

        (result.Outcome, result.ErrorCode).Should().Be((outcome, code));
        result.ErrorMessage.Should().Contain(message);
    }

    [Fact]
    public async Task The_end_of_a_limit_is_read_from_the_words_or_from_the_relay()
    {
        const string Failed = """{"type":"turn.failed","error":{"message":"You've hit your usage limit. Try again in 3 hours 5 minutes."}}""";

        var said = await PlayAsync(Start + Failed, exitCode: 1);
        var seen = await PlayAsync(Start + Failed, exitCode: 1, change: run => run with { LastRefusal = () => new ModelRefusal(429, AgentFixture.Now.AddMinutes(9)) });

        said.RetryAt.Should().Be(AgentFixture.Now.AddHours(3).AddMinutes(5));
        seen.RetryAt.Should().Be(AgentFixture.Now.AddMinutes(9));
    }

    [Fact]
    public async Task A_launch_that_waits_for_a_long_limit_is_ended_so_that_it_holds_no_runner()
    {
        var end = AgentFixture.Now.AddMinutes(30);
        var waiting = agents.PlayAsync(AgentNames.Codex, new ScriptedBox(AgentFixture.Exited(0), Start) { Hangs = true }, run => run with { LastRefusal = () => new ModelRefusal(429, end) });
        var patient = agents.PlayAsync(AgentNames.Codex, new ScriptedBox(AgentFixture.Exited(0), Start) { Hangs = true }, run => run with { LastRefusal = () => new ModelRefusal(429, AgentFixture.Now.AddSeconds(20)) });

        agents.Time.Advance(TimeSpan.FromSeconds(2));

        var result = await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        (result.Outcome, result.ErrorCode, result.RetryAt).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit, end));
        patient.IsCompleted.Should().BeFalse();
    }

    [Theory]
    [InlineData("""{"type":"item.completed","item":{"type":"command_execution","command":"echo x > f","aggregated_output":"sh: f: Read-only file system","exit_code":2,"status":"failed"}}""", "")]
    [InlineData("""{"type":"item.completed","item":{"type":"file_change","changes":[{"path":"f","kind":"add"}],"status":"failed"}}""", "")]
    [InlineData("""{"type":"turn.started"}""", "ERROR codex_core::tools::router: error=patch rejected: writing is blocked\n")]
    public async Task A_write_that_the_box_stopped_is_a_refused_tool_although_codex_ends_well(string line, string error)
    {
        var result = await PlayAsync(Start + line + "\n" + Work + End, error: error, change: ReadOnly);

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ToolDenied));
    }

    [Fact]
    public async Task A_command_that_fails_by_itself_is_no_refusal()
    {
        const string Failed = """{"type":"item.completed","item":{"type":"command_execution","command":"grep x y","aggregated_output":"grep: y: No such file or directory","exit_code":2,"status":"failed"}}""" + "\n";

        var reader = await PlayAsync(Start + Failed + Work + End, change: ReadOnly);
        var writer = await PlayAsync(Start + Failed.Replace("No such file or directory", "Read-only file system", StringComparison.Ordinal) + Work + End);

        (reader.Outcome, writer.Outcome).Should().Be((StepOutcome.Succeeded, StepOutcome.Succeeded));
    }

    [Fact]
    public async Task An_end_without_a_turn_that_completes_has_its_name()
    {
        var crashed = await PlayAsync(Start + Work, exitCode: 139);
        var silent = await PlayAsync("");
        var refused = await PlayAsync("", exitCode: 2, error: "error: unexpected argument '--strange' found\n");
        var wordless = await PlayAsync(Start + End);

        (crashed.Outcome, crashed.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.AgentCrashed));
        (silent.Outcome, silent.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.NoResult));
        (refused.Outcome, refused.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.AgentFailed));
        refused.ErrorMessage.Should().Contain("--strange");
        wordless.ErrorCode.Should().Be(ErrorCodes.NoResult);
    }

    [Fact]
    public async Task The_command_line_leaves_the_sandbox_to_the_box_and_the_key_out_of_its_shell()
    {
        var result = await PlayAsync(Start + Work + End, change: run => run with { Binary = "/opt/codex", Model = "gpt-5.3-codex" });

        var command = agents.Command!;
        command.Arguments.Should().Equal("/opt/codex", "exec", "--json", "--ephemeral", "--ignore-rules", "--skip-git-repo-check", "--sandbox", "danger-full-access", "--model", "gpt-5.3-codex", "-");
        command.Environment.Should().BeEquivalentTo(new Dictionary<string, string> { ["CODEX_HOME"] = "/w/home/.codex", ["MODEL_API_KEY"] = "sk-box-placeholder" });
        command.HomeFiles[".codex/config.toml"].Should().Contain("base_url = \"http://127.0.0.1:18080/v1\"").And.Contain("exclude = [\"MODEL_API_KEY\"]").And.Contain("unbounded_connection_retries = false");
        command.StandardInput.Should().Be("# Goal\n\nMake it better.\n");
        result.Usage.Model.Should().Be("gpt-5.3-codex");
        result.Notices.Should().ContainSingle().Which.Should().Contain("Bash");
    }

    public void Dispose() => agents.Dispose();

    private static AgentRun ReadOnly(AgentRun run) => run with { Tools = ["Read", "Grep", "Glob"], CanWrite = false };

    private Task<AgentResult> PlayAsync(string output, int exitCode = 0, string error = "", Func<AgentRun, AgentRun>? change = null) =>
        agents.PlayAsync(AgentNames.Codex, output, exitCode, error, change);
}
