using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Execution.Attempts;

/// <summary>What the command of a launch asks for beside the work.</summary>
public sealed class AttemptTests
{
    private static readonly AgentResult Done = new() { Outcome = StepOutcome.Succeeded, Report = "Done." };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_base_is_said_before_the_agent_starts_when_others_wait_for_it(bool awaited)
    {
        using var engine = new EngineFixture();
        IReadOnlyList<string> heard = ["the agent did not run"];
        engine.InProcess((_, _) =>
        {
            heard = [.. engine.Announced];
            return Task.FromResult(Done);
        });

        await engine.RunAsync(engine.Job(), command => command with { AnnounceBase = awaited });

        heard.Should().Equal(awaited ? [engine.Source.Git("rev-parse", "HEAD")] : []);
        engine.Announced.Should().Equal(heard);
    }

    [Fact]
    public async Task What_the_command_has_to_say_of_its_start_is_in_the_report()
    {
        using var engine = new EngineFixture();
        engine.InProcess((_, _) => Task.FromResult(Done));

        var finished = await engine.RunAsync(engine.Job(), command => command with { Notices = ["One patch is missing."] });

        finished.Notices.Should().Contain("One patch is missing.");
        (await engine.ReadAsync(finished, "result.json")).Should().Contain("One patch is missing.");
    }
}
