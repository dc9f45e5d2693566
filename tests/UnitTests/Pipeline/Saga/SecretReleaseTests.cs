using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using static Orchestrator.UnitTests.Pipeline.Saga.SagaJobs;

namespace Orchestrator.UnitTests.Pipeline.Saga;

public sealed class SecretReleaseTests
{
    private static readonly SecretFinding Token = new("src/a.cs", 12, "GitHub token", "0123456789abcdef");
    private static readonly SecretFinding Key = new("report.md", 3, "private key", "fedcba9876543210");

    [Fact]
    public async Task Work_that_holds_a_secret_waits_and_goes_on_without_being_done_again_once_all_is_released()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.StepId == "a" ? Sealed(command, Token, Key) : SagaHost.Report(command, StepOutcome.Succeeded));
        var id = await host.SubmitAsync(Job(Step("a"), Step("b")));
        var parked = await host.SeenAsync<JobParked>();
        parked.Should().BeEquivalentTo(new { StepId = "a", Reason = ParkReason.SecretInOutput, WakeAt = (DateTimeOffset?)null });
        parked.Detail.Should().Contain("src/a.cs:12 GitHub token (fingerprint 0123456789abcdef)").And.Contain("report.md:3");

        await host.SendAsync(new WakeJob(id, "ann", null, Force: true));
        await host.SendAsync(new ApproveJob(id, "ann", null, null));
        await host.SendAsync(new ReleaseSecrets(id, "ann", "a test key", [Token.Fingerprint]));
        var again = await Eventually.GetAsync(() => host.Seen.OfType<JobParked>().Skip(1).FirstOrDefault());
        again.Detail.Should().Contain("report.md:3").And.NotContain("src/a.cs");
        await host.SendAsync(new ReleaseSecrets(id, "bea", null, [Key.Fingerprint]));

        await host.SeenAsync<JobCompleted>();
        host.Launched.Should().Equal("a", "b");
        host.Seen.OfType<RunStep>().Last().ReleasedSecrets.Should().Equal(Token.Fingerprint, Key.Fingerprint);
        host.Seen.OfType<JobResumed>().Select(resumed => resumed.Actor).Should().Equal("bea");
    }

    [Fact]
    public async Task A_release_of_something_else_changes_nothing()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => Sealed(command, Token));
        var id = await host.SubmitAsync(Job(Step("a")));
        await host.SeenAsync<JobParked>();

        await host.SendAsync(new ReleaseSecrets(id, "ann", null, [Key.Fingerprint, ""]));
        await host.SendAsync(new RejectJob(id, "bea", "it is real", null));

        (await host.SeenAsync<JobFailed>()).Outcome.ErrorCode.Should().Be(ErrorCodes.Rejected);
        host.Seen.OfType<JobParked>().Should().HaveCount(1);
    }

    [Fact]
    public async Task Released_work_still_asks_for_the_approval_that_its_step_wants()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => Sealed(command, Token));
        var id = await host.SubmitAsync(Job(Step("a") with { Approval = StepApproval.After }));
        await host.SeenAsync<JobParked>(parked => parked.Reason == ParkReason.SecretInOutput);

        await host.SendAsync(new ReleaseSecrets(id, "ann", null, [Token.Fingerprint]));
        await host.SeenAsync<JobParked>(parked => parked.Reason == ParkReason.Approval);
        await host.SendAsync(new ApproveJob(id, "ann", null, null));

        await host.SeenAsync<JobCompleted>();
        host.Launched.Should().Equal("a");
    }

    [Fact]
    public async Task What_is_released_counts_for_every_step_of_the_job_also_for_one_that_was_launched_before()
    {
        var begun = new List<RunStep>();
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
        {
            if (command.Key.StepId == "c")
                begun.Add(command);
            return command.Key.StepId == "c" ? null : Sealed(command, Token);
        });
        var id = await host.SubmitAsync(Job(Step("a", []), Step("b", []), Step("c", [])));
        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobParked>().Select(parked => parked.StepId).Distinct().Count() == 2 && begun.Count > 0);

        await host.SendAsync(new ReleaseSecrets(id, "ann", null, [Token.Fingerprint]));
        await host.SeenAsync<JobResumed>(resumed => resumed.StepId == "b");
        await host.PublishAsync(Sealed(begun[0], Token));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobParked>().Should().HaveCount(2);
    }

    [Fact]
    public async Task What_a_failed_visit_left_behind_and_holds_a_secret_is_not_begun_with_in_the_next_one()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.Visit == 1
            ? Sealed(command, Token) with { Outcome = StepOutcome.FailedForGood, ErrorCode = ErrorCodes.VerifyFailed }
            : SagaHost.Report(command, StepOutcome.Succeeded));

        await host.SubmitAsync(Job(Step("a", []) with { OnFailure = "goto:a" }));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<RunStep>().Last().StartFrom.Should().BeEmpty();
    }

    [Fact]
    public async Task A_failed_launch_that_holds_a_secret_is_tried_again_like_any_other()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.Attempt == 1
            ? Sealed(command, Token) with { Outcome = StepOutcome.Failed, ErrorCode = ErrorCodes.AgentFailed }
            : SagaHost.Report(command, StepOutcome.Succeeded));

        await host.SubmitAsync(Job(Step("a") with { MaxRetries = 1, RetryBackoffSec = 0 }));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobParked>().Should().NotContain(parked => parked.Reason == ParkReason.SecretInOutput);
    }

    [Theory]
    [InlineData(null, "report.md", "patch.diff", "cumulative.diff", "logs.txt", "result.json", "raw_stdout.txt", "raw/model_calls.jsonl")]
    [InlineData(true, "report.md", "patch.diff", "cumulative.diff", "logs.txt", "result.json", "raw_stdout.txt", "raw/model_calls.jsonl")]
    [InlineData(false, "logs.txt", "result.json", "raw/model_calls.jsonl")]
    public void Of_a_launch_that_holds_a_secret_people_see_neither_work_nor_words(bool? passed, params string[] shown)
    {
        string[] all = ["report.md", "patch.diff", "cumulative.diff", "logs.txt", "result.json", "raw_stdout.txt", "raw/model_calls.jsonl", ".work.bundle", ".prompt.md"];
        var report = SagaHost.Report(new RunStep { Key = new AttemptKey(Guid.Empty, "job-0001", 1, "a", 1, 1, 1), Role = StepRole.Implementer, Document = new("", "") }, StepOutcome.Succeeded) with
        {
            SecretsPassed = passed,
            Files = all.ToDictionary(name => name, name => new DocumentReference(name, "")),
        };

        report.ShownFiles.Select(file => file.Key).Should().BeEquivalentTo(shown);
    }

    private static StepFinished Sealed(RunStep command, params SecretFinding[] secrets) =>
        SagaHost.Report(command, StepOutcome.Succeeded, changed: true) with { SecretsPassed = false, Secrets = secrets };
}
