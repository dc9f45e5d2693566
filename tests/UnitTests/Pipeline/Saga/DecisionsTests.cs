using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using static Orchestrator.UnitTests.Pipeline.Saga.SagaJobs;

namespace Orchestrator.UnitTests.Pipeline.Saga;

public sealed class DecisionsTests
{
    [Fact]
    public async Task An_approval_that_comes_twice_leaves_the_gate_that_nobody_has_seen_and_says_its_comment_once()
    {
        await using var host = await SagaHost.StartAsync();
        var (id, seen) = await GatedAsync(host);
        await host.SendAsync(new ApproveJob(id, "ann", "mind the tests", null, seen));
        var gate = await host.SeenAsync<JobParked>(parked => parked.StepId == "a");

        await host.SendAsync(new ApproveJob(id, "ann", "mind the tests", null, seen));
        await host.SendAsync(new ApproveJob(id, "bea", null, null, [new SeenWaiting("a", gate.At)]));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobResumed>().Select(resumed => (resumed.StepId, resumed.Actor)).Should().Equal((null, "ann"), ("a", "bea"));
        host.Seen.OfType<RunStep>().Single().Comments.Should().Equal("ann: mind the tests");
    }

    [Fact]
    public async Task A_rejection_of_what_was_approved_meanwhile_leaves_the_next_gate()
    {
        await using var host = await SagaHost.StartAsync();
        var (id, seen) = await GatedAsync(host);
        await host.SendAsync(new ApproveJob(id, "ann", null, null, seen));
        var gate = await host.SeenAsync<JobParked>(parked => parked.StepId == "a");

        await host.SendAsync(new RejectJob(id, "ann", null, null, seen));
        await host.SendAsync(new ApproveJob(id, "bea", null, null, [new SeenWaiting("a", gate.At)]));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobFailed>().Should().BeEmpty();
    }

    [Fact]
    public async Task An_approval_of_one_visit_is_none_of_the_next_one()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key is { StepId: "b", Visit: 1 }
            ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed)
            : SagaHost.Report(command, StepOutcome.Succeeded));
        var id = await host.SubmitAsync(Job(Step("a") with { Approval = StepApproval.Before }, Step("b") with { OnFailure = "goto:a" }));
        var first = await host.SeenAsync<JobParked>();
        await host.SendAsync(new ApproveJob(id, "ann", null, "a", [new SeenWaiting("a", first.At)]));
        var second = await Eventually.GetAsync(() => host.Seen.OfType<JobParked>().Skip(1).FirstOrDefault());

        await host.SendAsync(new ApproveJob(id, "ann", null, "a", [new SeenWaiting("a", first.At)]));
        await host.SendAsync(new ApproveJob(id, "bea", null, "a", [new SeenWaiting("a", second.At)]));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobResumed>().Select(resumed => resumed.Actor).Should().Equal("ann", "bea");
    }

    [Theory]
    [InlineData("a", 0, true)]
    [InlineData("a", -5000, true)]
    [InlineData("a", 0.0009, true)]
    [InlineData("a", 1, false)]
    [InlineData("b", 0, false)]
    [InlineData(null, 0, false)]
    public void A_wait_is_the_one_that_was_seen_when_it_did_not_begin_later(string? stepId, double secondsLater, bool same)
    {
        var since = DateTimeOffset.UnixEpoch.AddDays(1);

        new SeenWaiting("a", since).Is(stepId, since.AddSeconds(secondsLater)).Should().Be(same);
        new SeenWaiting("a", null).Is(stepId, since.AddSeconds(secondsLater)).Should().Be(stepId == "a");
    }

    private static async Task<(Guid Id, SeenWaiting[] Seen)> GatedAsync(SagaHost host)
    {
        var job = Job(Step("a") with { Approval = StepApproval.Before });
        var id = await host.SubmitAsync(job with { Policy = job.Policy with { RequiresApproval = true } });
        var parked = await host.SeenAsync<JobParked>();
        return (id, [new SeenWaiting(null, parked.At)]);
    }
}
