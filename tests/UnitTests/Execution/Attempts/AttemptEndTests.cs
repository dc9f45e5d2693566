using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Execution.Attempts;

public sealed class AttemptEndTests
{
    [Fact]
    public async Task A_launch_with_a_model_ends_with_its_relay_before_its_folder_goes()
    {
        using var secrets = new TempFolder();
        await File.WriteAllTextAsync(secrets.Join("anthropic_api_key"), "sk-of-the-host");
        using var engine = new EngineFixture(("Models:SecretsFolder", secrets.Path));
        engine.Boxed("test -S /run/llm.sock", ModelApi.Anthropic);

        var finished = await engine.RunAsync(engine.Job());

        finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        engine.Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task Foreign_words_are_clean_and_short_in_the_report()
    {
        using var engine = new EngineFixture();
        var words = $"\u001b[31ma\0b {new string('x', 300_000)}";
        engine.InProcess((_, _) => Task.FromResult(new AgentResult
        {
            Outcome = StepOutcome.Failed,
            ErrorCode = ErrorCodes.AgentFailed,
            ErrorMessage = words,
            Notices = [.. Enumerable.Repeat(words, 500)],
            Usage = new AgentUsage { Model = words },
        }));

        var finished = await engine.RunAsync(engine.Job());

        finished.ErrorMessage.Should().StartWith("ab x").And.EndWith("x…");
        JsonSerializer.Serialize(finished).Length.Should().BeLessThan(150_000, "it rides the bus");
        (await engine.ReadAsync(finished, "result.json")).Should().NotContain("\\u0000").And.NotContain("\\u001b");
    }
}
