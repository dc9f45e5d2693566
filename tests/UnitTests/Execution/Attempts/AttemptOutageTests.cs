using AwesomeAssertions;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Execution.Attempts;

/// <summary>Storage that cannot answer for a while: the launch waits, and no attempt of the step is burned.</summary>
public sealed class AttemptOutageTests : IDisposable
{
    private readonly EngineFixture engine = new(("Execution:StoragePatience", "00:00:30"));
    private int launched;

    public AttemptOutageTests() => engine.InProcess((run, _) =>
    {
        launched++;
        File.WriteAllText(Path.Join(run.Workspace, "README.md"), "better\n");
        return Task.FromResult(EngineFixture.Done with { Usage = new AgentUsage { CostMicroUsd = 1500 } });
    });

    [Theory]
    [InlineData("logs.txt")]
    [InlineData(".accepted.json")]
    public async Task Storage_that_is_away_parks_the_launch_before_anything_is_spent(string name)
    {
        var job = await engine.CommandAsync(engine.Job());
        engine.Fault = path => path.EndsWith(name, StringComparison.Ordinal) ? new StorageOutageException("away") : null;

        var finished = await engine.Engine.RunAsync(job, engine, TestContext.Current.CancellationToken);

        (finished.Outcome, finished.ErrorCode, finished.Usage.CostMicroUsd).Should().Be((StepOutcome.Parked, ErrorCodes.StorageUnavailable, 0), finished.ErrorMessage);
        finished.ErrorMessage.Should().Contain("away");
        launched.Should().Be(0);
        engine.Leftovers().Should().BeEmpty();
    }

    [Theory]
    [InlineData("patch.diff")]
    [InlineData("result.json")]
    public async Task Work_that_was_paid_for_waits_for_the_storage_to_come_back(string name)
    {
        var refused = 0;
        engine.Fault = path => path.EndsWith(name, StringComparison.Ordinal) && refused++ == 0 ? new StorageOutageException("away") : null;

        var finished = await engine.RunAsync(engine.Job());

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Succeeded, null), finished.ErrorMessage);
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("+better");
        launched.Should().Be(1);
        refused.Should().BeGreaterThan(1, "it was tried again");
    }

    [Fact]
    public async Task Who_stops_the_launch_does_not_wait_for_the_storage()
    {
        using var stop = new CancellationTokenSource();
        engine.Fault = path =>
        {
            if (!path.EndsWith("patch.diff", StringComparison.Ordinal))
                return null;
            stop.Cancel();
            return new StorageOutageException("away");
        };

        var finished = await engine.RunAsync(engine.Job(), cancellationToken: stop.Token).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        (finished.Outcome, finished.ErrorCode, finished.Usage.CostMicroUsd).Should().Be((StepOutcome.Failed, ErrorCodes.StorageUnavailable, 1500), "it was paid for, and one more launch is one more attempt");
    }

    public void Dispose() => engine.Dispose();
}
