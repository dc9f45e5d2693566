using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Execution.Attempts;

/// <summary>Faults of this machine after the agent has run: what it cost and what it had done is reported all the same.</summary>
public sealed class AttemptBillTests : IDisposable
{
    private const long Cost = 1500;

    private readonly EngineFixture engine = new();

    [Theory]
    [InlineData(StepOutcome.TimedOut, ErrorCodes.Timeout)]
    [InlineData(StepOutcome.Parked, ErrorCodes.ProviderLimit)]
    public async Task Work_that_cannot_be_stored_changes_neither_outcome_nor_bill(StepOutcome outcome, string code)
    {
        Agent(outcome, code, run => Block(ArtifactPaths.AttemptFile(run.Key, ".work.bundle")));

        var finished = await engine.RunAsync(engine.Job());

        (finished.Outcome, finished.ErrorCode, finished.Usage.CostMicroUsd).Should().Be((outcome, code, Cost));
        finished.BaseCommit.Should().Be(engine.Source.Git("rev-parse", "HEAD"));
        finished.Notices.Should().ContainSingle().Which.Should().Contain("could not be collected");
    }

    [Fact]
    public async Task A_success_whose_work_cannot_be_stored_fails_with_its_bill()
    {
        Agent(StepOutcome.Succeeded, null, run => Block(ArtifactPaths.AttemptFile(run.Key, ".work.bundle")));

        var finished = await engine.RunAsync(engine.Job());

        (finished.Outcome, finished.ErrorCode, finished.Usage.CostMicroUsd).Should().Be((StepOutcome.Failed, ErrorCodes.Internal, Cost));
        (await engine.ReadAsync(finished, "report.md")).Should().Contain("I did it.");
    }

    [Fact]
    public async Task A_verify_that_cannot_be_prepared_costs_neither_work_nor_bill()
    {
        Agent(StepOutcome.Succeeded, null, run => File.WriteAllText(Path.Join(Path.GetDirectoryName(run.Workspace), "verify-home"), "in the way"));

        var finished = await engine.RunAsync(engine.Job(new StepDocument { Verify = ["true"] }));

        (finished.Outcome, finished.ErrorCode, finished.Usage.CostMicroUsd).Should().Be((StepOutcome.Failed, ErrorCodes.Internal, Cost));
        (finished.Changed, finished.Work?.Bundle is null).Should().Be((true, false));
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("+better");
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_costs_a_notice()
    {
        Agent(StepOutcome.Succeeded, null, _ => { });

        var finished = await engine.RunAsync(engine.Job(), command =>
        {
            var log = Stored(ArtifactPaths.LiveLog(command.Key));
            Directory.CreateDirectory(Path.GetDirectoryName(log)!);
            File.CreateSymbolicLink(log, "/dev/full");
            return command;
        });

        (finished.Outcome, finished.ErrorCode, finished.Usage.CostMicroUsd).Should().Be((StepOutcome.Succeeded, null, Cost));
        finished.Notices.Should().ContainSingle().Which.Should().Contain("log could not be stored");
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("+better");
        engine.Leftovers().Should().BeEmpty();
    }

    public void Dispose() => engine.Dispose();

    private void Agent(StepOutcome outcome, string? code, Action<AgentRun> fault) => engine.InProcess((run, _) =>
    {
        File.WriteAllText(Path.Join(run.Workspace, "README.md"), "better\n");
        fault(run);
        return Task.FromResult(new AgentResult { Outcome = outcome, ErrorCode = code, Report = "I did it.", Usage = new AgentUsage { CostMicroUsd = Cost } });
    });

    // No file can be put where a folder is.
    private void Block(string path) => Directory.CreateDirectory(Stored(path));

    private string Stored(string path) => Path.Join(engine.Join("artifacts"), path);
}
