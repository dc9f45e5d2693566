using System.Text;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.UnitTests.Gateway.Intake;

/// <summary>When two deliveries are one job (DECISIONS 5).</summary>
public sealed class RedeliveryTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task An_equal_body_is_the_same_job_only_when_the_broker_says_that_it_delivers_again()
    {
        var first = await SendAsync("""{"goal": "one"}""");

        (await SendAsync("""{"goal": "one"}""")).Job!.JobId.Should().NotBe(first.Job!.JobId, "two publishes are two jobs");
        (await SendAsync("""{"goal": "one"}""", redelivered: true)).Duplicate.Should().BeTrue();
        (await SendAsync("""{"goal": "two"}""", redelivered: true)).Duplicate.Should().BeFalse("it was lost on the way the first time");
        (await SendAsync("""{"goal": "one"}""", redelivered: true, tenant: "broker:other")).Duplicate.Should().BeFalse();
    }

    [Fact]
    public async Task A_message_id_names_a_message_and_its_redelivery_is_the_same_job_also_with_a_job_id_in_it()
    {
        const string body = """{"goal": "named", "job_id": "named-job-1"}""";
        var first = await SendAsync(body, delivery: "m-1");

        (await SendAsync(body, delivery: "m-1", redelivered: true)).Should().BeEquivalentTo(new { Duplicate = true, Job = new { first.Job!.JobId } });
        (await SendAsync(body, delivery: "m-2")).Problems.Should().ContainSingle().Which.Code.Should().Be("duplicate");
        (await SendAsync("""{"goal": "other"}""", delivery: "m-1")).Problems.Should().ContainSingle().Which.Code.Should().Be("message_id_reused");
    }

    private Task<SubmissionResult> SendAsync(string body, string? delivery = null, bool redelivered = false, string tenant = "broker:ci") => gateway.WithAsync<JobSubmission, SubmissionResult>(jobs => jobs.SubmitAsync(
        new Submission
        {
            Body = Encoding.UTF8.GetBytes(body),
            Tenant = tenant,
            Address = "amqp",
            DeliveryKey = delivery,
            Redelivered = redelivered,
            Door = new DoorContext { Source = JobSourceType.Event, Actor = tenant },
        },
        CancellationToken.None));
}
