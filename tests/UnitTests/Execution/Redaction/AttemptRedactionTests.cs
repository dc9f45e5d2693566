using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;
using Orchestrator.UnitTests.Execution.Attempts;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Launches that come upon the secrets of this installation.</summary>
public sealed class AttemptRedactionTests
{
    private static readonly string[] Secrets = [.. Canaries.All.Take(16)];

    private static readonly (string, string)[] Settings = [.. Secrets.Select((secret, index) => ($"Redaction:Values:{index}", secret))];

    [Fact]
    public async Task What_a_program_prints_is_nowhere_in_what_its_launch_leaves()
    {
        using var engine = new EngineFixture(Settings);
        var live = new StringBuilder();
        engine.OnText = text => live.Append(text);
        var printed = string.Join('\n', Secrets.SelectMany(Canaries.Written).Select(written => $"found: {written.Text}."));
        engine.InProcess((_, _) => Task.FromResult(EngineFixture.Done));
        engine.Boxed("cat printed.txt; cat printed.txt >&2; echo end");
        engine.Source.Commit("planted", ("printed.txt", printed));

        var finished = await engine.RunAsync(engine.Job(new StepDocument { Prompt = $"Use {Secrets[0]}.", Verify = ["cat", "printed.txt"] }));

        finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        (await engine.ReadAsync(finished, "raw_stdout.txt")).Should().StartWith("found: [redacted].\n").And.EndWith("end\n");
        await LeavesNothingAsync(engine, finished, live.ToString());
    }

    [Fact]
    public async Task What_an_agent_says_is_nowhere_in_what_its_launch_leaves()
    {
        using var engine = new EngineFixture(Settings);
        var live = new StringBuilder();
        engine.OnText = text => live.Append(text);
        var said = string.Join(", ", Secrets.SelectMany(Canaries.Written).Select(written => written.Text));
        engine.InProcess((run, _) =>
        {
            run.Log.WriteLine(said);
            File.WriteAllText(Path.Join(run.Workspace, "config.txt"), $"{Secrets[0]}\n");
            return Task.FromResult(new AgentResult
            {
                Outcome = StepOutcome.Failed,
                ErrorCode = ErrorCodes.AgentFailed,
                ErrorMessage = $"{Secrets[0]} {said}",
                Summary = $"{Secrets[1]} {said}",
                Report = $"{Secrets[2]} {said}",
                Notices = [said, .. Secrets.Select(secret => $"{new string('x', 1990)}{secret}")],
                Usage = new AgentUsage { Model = Secrets[1] },
            });
        });

        var finished = await engine.RunAsync(engine.Job());

        finished.ErrorMessage.Should().StartWith("[redacted] [redacted]");
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain($"+{Secrets[0]}", "the work itself is exact");
        await LeavesNothingAsync(engine, finished, live.ToString());
    }

    private static async Task LeavesNothingAsync(EngineFixture engine, StepFinished finished, string live)
    {
        var sinks = new Dictionary<string, string> { ["live"] = live, ["message"] = JsonSerializer.Serialize(finished, JsonSerializerOptions.Web) };
        foreach (var name in finished.Files.Keys.Except([".work.bundle", "patch.diff", "cumulative.diff"]))
            sinks[name] = await engine.ReadAsync(finished, name);

        sinks.Keys.Should().Contain(["logs.txt", "raw_stdout.txt", "report.md", "result.json", ".prompt.md"]);
        foreach (var (name, text) in sinks)
            Secrets.SelectMany(Canaries.Written).Where(written => Canaries.Leak(written.Text, text) is not null).Select(written => $"{written.Way} of {written.Text}").Should().BeEmpty(name);
    }
}
