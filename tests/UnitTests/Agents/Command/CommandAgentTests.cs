using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Agents.Command;

public sealed class CommandAgentTests : IDisposable
{
    private readonly AgentFixture agents = new(
        ("Agents:Commands:tool:Arguments:0", "/opt/tool"), ("Agents:Commands:tool:Arguments:1", "--fix"), ("Agents:Commands:tool:Environment:LEVEL", "3"),
        ("Agents:Commands:thinker:Arguments:0", "/opt/thinker"), ("Agents:Commands:thinker:Model", "Anthropic"));

    [Fact]
    public async Task The_command_gets_its_work_as_one_json_object()
    {
        await agents.PlayAsync("tool", "", change: run => run with { Comments = ["shorter"], CapMicroUsd = 1_500_000 });

        var command = agents.Command!;
        command.Arguments.Should().Equal("/opt/tool", "--fix");
        command.Environment.Should().BeEquivalentTo(new Dictionary<string, string> { ["LEVEL"] = "3", ["MODEL_BASE_URL"] = "http://127.0.0.1:18080", ["MODEL_API_KEY"] = "sk-box-placeholder" });
        var request = JsonDocument.Parse(command.StandardInput!).RootElement;
        request.EnumerateObject().Select(field => field.Name).Should().BeEquivalentTo(
            "schema_version", "job_id", "step_id", "run", "visit", "attempt", "role", "task", "prompt", "tools", "can_write", "workspace", "model", "cap_usd", "comments");
        (request.GetProperty("role").GetString(), request.GetProperty("task").GetString(), request.GetProperty("cap_usd").GetDecimal()).Should().Be(("implementer", "Do it.", 1.5m));
        request.GetProperty("comments")[0].GetString().Should().Be("shorter");
        command.StandardInput.Should().EndWith("}\n").And.Subject.Count(character => character == '\n').Should().Be(1);
    }

    [Theory]
    [InlineData("", 0, StepOutcome.Succeeded, null)]
    [InlineData("words only\n", 0, StepOutcome.Succeeded, null)]
    [InlineData("""{"status":"success","summary":"Fixed."}""", 0, StepOutcome.Succeeded, null)]
    [InlineData("""{"status":"failed","error":"no such file"}""", 0, StepOutcome.Failed, ErrorCodes.AgentFailed)]
    [InlineData("""{"status":"retryable","error":"busy"}""", 0, StepOutcome.Failed, ErrorCodes.AgentFailed)]
    [InlineData("""{"status":"fine"}""", 0, StepOutcome.Failed, ErrorCodes.AgentFailed)]
    [InlineData("""{"status":"success"}""", 2, StepOutcome.Failed, ErrorCodes.AgentFailed)]
    [InlineData("", 137, StepOutcome.Failed, ErrorCodes.AgentCrashed)]
    public async Task Exit_code_and_status_must_both_be_good(string output, int exitCode, StepOutcome outcome, string? code)
    {
        var result = await agents.PlayAsync("tool", output, exitCode);

        (result.Outcome, result.ErrorCode).Should().Be((outcome, code));
    }

    [Fact]
    public async Task The_last_object_is_the_result_and_everything_is_in_the_log()
    {
        var result = await agents.PlayAsync("tool", """
            starting
            {"progress": 50}
            {"status":"success","summary":"Fixed it.","report":"# Fixed\n\nAll of it."}
            """);

        (result.Summary, result.Report).Should().Be(("Fixed it.", "# Fixed\n\nAll of it."));
        agents.Log.Should().Contain(["starting", """{"progress": 50}"""]);
    }

    [Fact]
    public async Task Words_about_keys_and_limits_mean_nothing_where_there_is_no_model()
    {
        var tool = await agents.PlayAsync("tool", "", 1, "HTTP 429 too many requests\n");
        var thinker = await agents.PlayAsync("thinker", "", 1, "HTTP status 429 too many requests\n");

        (tool.Outcome, tool.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.AgentFailed));
        (thinker.Outcome, thinker.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit));
    }

    [Fact]
    public async Task A_listed_model_is_billed_by_our_prices_and_the_commands_sum_is_kept_beside_it()
    {
        var result = await agents.PlayAsync("thinker", """{"status":"success","usage":{"input_tokens":1000,"output_tokens":100,"cache_read_tokens":500,"cache_write_tokens":40,"calls":3,"model":"claude-sonnet-5-5","cost_usd":0.000001}}""");

        // 1000 x 2 + 500 x 0.1 + 40 x 2.5 + 100 x 10 = 3150 micro-dollars.
        result.Usage.Should().Be(new AgentUsage { InputTokens = 1000, CacheReadTokens = 500, CacheWriteTokens = 40, OutputTokens = 100, Calls = 3, CostMicroUsd = 3150, ReportedMicroUsd = 1, Model = "claude-sonnet-5-5" });
    }

    [Theory]
    [InlineData("0.25", 250_000L, false)]
    [InlineData("-1", 400_000L, true)]
    [InlineData("\"much\"", 400_000L, true)]
    [InlineData("1e300", 400_000L, true)]
    [InlineData("null", 0L, false)]
    public async Task A_sum_that_cannot_be_costs_what_was_reserved(string sum, long billed, bool noticed)
    {
        var result = await agents.PlayAsync("tool", $$$"""{"status":"success","usage":{"cost_usd":{{{sum}}}}}""", change: run => run with { CapMicroUsd = 400_000 });

        (result.Usage.CostMicroUsd, result.Notices.Any(notice => notice.Contains("cost_usd", StringComparison.Ordinal))).Should().Be((billed, noticed));
    }

    [Fact]
    public void A_command_may_not_take_the_name_of_a_built_in_agent_and_needs_a_program()
    {
        var taken = () => new AgentFixture(("Agents:Commands:claude:Arguments:0", "/opt/x")).Catalog;
        var empty = () => new AgentFixture(("Agents:Commands:tool:Environment:A", "b")).Catalog;

        taken.Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Agents:Commands:claude*built-in*");
        empty.Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Agents:Commands:tool:Arguments*");
    }

    [Fact]
    public async Task A_command_whose_version_nobody_asked_about_is_not_started_to_find_it_out()
    {
        using var folder = new TempFolder();
        var program = folder.Join("tool");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\ntouch {folder.Join("started")}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var own = new AgentFixture(("Agents:Commands:own:Arguments:0", program));

        var there = await own.Catalog.ProbeAsync(own.Catalog.Find("own")!, CancellationToken.None);
        var missing = await agents.Catalog.ProbeAsync(agents.Catalog.Find("tool")!, CancellationToken.None);

        (there.IsAvailable, there.Binary).Should().Be((true, program));
        File.Exists(folder.Join("started")).Should().BeFalse();
        missing.Problem.Should().Contain("/opt/tool");
    }

    public void Dispose() => agents.Dispose();
}
