using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Execution.Attempts;
using Orchestrator.UnitTests.Agents;
using Orchestrator.UnitTests.Execution.Processes;
using Orchestrator.UnitTests.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Attempts;

public sealed class RawOutputTests
{
    [Fact]
    public async Task A_full_disk_costs_the_copy_and_not_the_agents_words()
    {
        var exit = new BoxExit(0, null, BoxEnd.Exited);
        var heard = new CollectedOutput();

        var raw = new RawOutput(new ScriptedBox(exit, "what it cost is said last"), "/dev/full", TestSecrets.None);
        var ended = await raw.RunAsync(new AgentCommand { Arguments = ["agent"] }, heard, CancellationToken.None);
        await raw.DisposeAsync();

        ended.Should().Be(exit);
        heard.Output.Should().Be("what it cost is said last");
        raw.IsCut.Should().BeTrue();
    }
}
