using System.Text;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Intake;

namespace Orchestrator.UnitTests.Messaging.Failures;

public sealed class FailedMessageTests
{
    [Fact]
    public void An_envelope_tells_its_type_job_run_and_trace()
    {
        var message = Of("""
            {"correlationId": "c-1", "messageType": ["urn:message:Orchestrator.Contracts.Steps:RunStep"], "headers": {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
             "message": {"key": {"pipelineId": "0198c0de-0000-7000-8000-000000000001", "jobId": "job-0001", "run": 2}}}
            """, "implementer-runner.failed");

        message.Queue.Should().Be(Queues.ImplementerRunner);
        message.TraceId.Should().Be("0af7651916cd43dd8448eb211c80319c");
        message.Facts.Should().BeEquivalentTo(new { MessageType = "RunStep", CorrelationId = "c-1", JobId = "job-0001", Run = 2, PipelineId = Guid.Parse("0198c0de-0000-7000-8000-000000000001") });
        message.Code.Should().Be("unexplained");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("{\"message\": \"\\ud800\", \"jobId\": \"\\ud800\"}")]
    [InlineData("{\"messageType\": [5], \"message\": {\"key\": 7, \"run\": 1e99}}")]
    public void A_body_that_says_nothing_is_no_reason_to_fail(string body)
    {
        var message = Of(body, "jobs.failed");

        message.Queue.Should().Be(Queues.FailedJobs);
        message.Facts.JobId.Should().BeNull();
        message.Body.ToArray().Should().Equal(Encoding.UTF8.GetBytes(body));
    }

    [Theory]
    [InlineData("delivery_limit", "delivery_limit")]
    [InlineData("expired", "expired")]
    [InlineData("maxlen", "dead_lettered")]
    public void What_the_broker_gave_up_says_why(string death, string code)
    {
        var properties = new MessageProperties { Headers = new Dictionary<string, JsonNode?> { ["x-death"] = Death(death, 1), ["x-delivery-count"] = 20 } };

        var message = FailedMessage.Of(new RawDelivery { Body = "x"u8.ToArray(), Exchange = "budget.failed", Properties = properties });

        message.Should().BeEquivalentTo(new { Code = code, Deliveries = 21, Queue = Queues.Budget });
    }

    [Fact]
    public void A_second_failure_of_the_same_message_is_another_failure_and_a_look_at_it_is_not()
    {
        var first = new MessageProperties { MessageId = "1", Headers = new Dictionary<string, JsonNode?> { ["x-death"] = Death("delivery_limit", 1) } };
        var looked = first with { Headers = new Dictionary<string, JsonNode?> { ["x-death"] = Death("delivery_limit", 1), ["x-delivery-count"] = 3 } };
        var second = first with { Headers = new Dictionary<string, JsonNode?> { ["x-death"] = Death("delivery_limit", 2) } };

        Print(looked).Should().Be(Print(first));
        Print(second).Should().NotBe(Print(first));

        static string Print(MessageProperties properties) =>
            FailedMessage.Of(new RawDelivery { Body = "x"u8.ToArray(), Exchange = "budget.failed", Properties = properties }).Fingerprint;
    }

    private static JsonArray Death(string reason, int count) =>
        [new JsonObject { ["reason"] = reason, ["queue"] = "budget", ["count"] = count, ["time"] = new JsonObject { ["$time"] = 1_700_000_000 } }];

    private static FailedMessage Of(string body, string exchange) => FailedMessage.Of(new RawDelivery { Body = Encoding.UTF8.GetBytes(body), Exchange = exchange });
}
