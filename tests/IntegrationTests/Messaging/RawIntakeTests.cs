using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using AwesomeAssertions;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Instances;
using Orchestrator.Messaging.Intake;
using Orchestrator.Messaging.PublicExchanges;
using Orchestrator.TestServers;
using Orchestrator.TestServers.RabbitMq;
using RabbitMQ.Client;

namespace Orchestrator.IntegrationTests.Messaging;

public sealed class RawIntakeTests
{
    private const string Snake = """{"goal": "fix it", "project_id": "p"}""";

    [Fact]
    public async Task Every_form_of_a_body_reaches_the_intake_byte_for_byte()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Intake);
        var inbox = host.Services.GetRequiredService<Inbox>();

        foreach (var form in (string[])["plain", "camel", "envelope", "structured", "binary", "garbage", "empty"])
            await PublishAsync(vhost.Amqp, form);
        await Eventually.IsTrueAsync(() => Task.FromResult(inbox.Deliveries.Count == 7), "seven deliveries");

        var got = inbox.Deliveries.ToDictionary(delivery => Encoding.Latin1.GetString(delivery.Body.Span) + "|" + delivery.ContentType);
        got.Should().ContainKey(Snake + "|");
        var camel = got["""{"goal": "fix it", "projectId": "p"}|application/json"""];
        camel.UserId.Should().Be("guest");
        camel.MessageId.Should().Be("not-a-guid");
        camel.Redelivered.Should().BeFalse();
        got.Keys.Should().ContainSingle(key => key.StartsWith("""{"messageId": "7d0f""", StringComparison.Ordinal) && key.EndsWith("|application/vnd.masstransit+json", StringComparison.Ordinal));
        got.Keys.Should().ContainSingle(key => key.StartsWith("""{"specversion": "1.0",""", StringComparison.Ordinal) && key.EndsWith("|application/cloudevents+json; charset=utf-8", StringComparison.Ordinal));
        var binary = got[Snake + "|application/json"];
        binary.Headers["cloudEvents:id"].Should().Be("1");
        binary.Headers["cloudevents:attempt"].Should().Be("3");
        binary.UserId.Should().BeNull();
        var garbage = inbox.Deliveries.Single(delivery => delivery.Body.Length == 256);
        garbage.Body.ToArray().Should().Equal(Enumerable.Range(0, 256).Select(number => (byte)number));
        inbox.Deliveries.Should().ContainSingle(delivery => delivery.Body.Length == 0);
    }

    [Fact]
    public async Task A_rejected_body_lands_unchanged_in_the_failed_queue_with_its_reason_and_an_event_goes_out()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Intake);
        host.Services.GetRequiredService<Inbox>().RejectAll = true;
        await using var listener = await vhost.ConnectAsync();
        await using var channel = await listener.CreateChannelAsync();
        var ears = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(ears.QueueName, PublicExchange.JobRejected, "");

        await PublishAsync(vhost.Amqp, "garbage");

        var failed = await vhost.TakeNextAsync("gateway-intake.failed");
        failed.Body.ToArray().Should().Equal(Enumerable.Range(0, 256).Select(number => (byte)number));
        IntakeGateTests.Header(failed, FailureHeaders.Reason).Should().Be("The body is not JSON.");
        IntakeGateTests.Header(failed, FailureHeaders.Code).Should().Be("rejected");
        var rejected = await Eventually.GetAsync(() => channel.BasicGetAsync(ears.QueueName, autoAck: true), "job-rejected");
        Encoding.UTF8.GetString(rejected.Body.Span).Should().Be("""{"reason":"The body is not JSON."}""");
        rejected.BasicProperties.ContentType.Should().Be("application/json");
        IntakeGateTests.Header(rejected, "ce-type").Should().Be("job.rejected");
        host.Services.GetRequiredService<Inbox>().Deliveries.Should().ContainSingle("a rejection is not tried again");
        (await vhost.ReadyAsync(Queues.Budget)).Should().Be(0, "addresses in a foreign message are not answered");
    }

    [Fact]
    public async Task A_publisher_cannot_claim_to_be_another_user()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Intake);
        var asCi = await vhost.AddUserAsync($"ci-{vhost.Name}");

        (await TryPublishAsync(asCi, "forged")).Should().NotBe(0);
        await PublishAsync(asCi, "camel");

        var inbox = host.Services.GetRequiredService<Inbox>();
        await Eventually.IsTrueAsync(() => Task.FromResult(!inbox.Deliveries.IsEmpty), "the honest delivery");
        inbox.Deliveries.Should().ContainSingle().Which.UserId.Should().Be($"ci-{vhost.Name}");
    }

    [Fact]
    public async Task The_broker_says_when_it_delivers_the_same_publish_again()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using (await MessagingHost.OnBrokerAsync(vhost, bus => bus.AddInstanceConsumer<Nobody>("nobody")))
        {
        }

        await PublishAsync(vhost.Amqp, "plain");
        await using (var connection = await vhost.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            var taken = await Eventually.GetAsync(() => channel.BasicGetAsync(Queues.GatewayIntake, autoAck: false), "the message");
            await channel.BasicNackAsync(taken.DeliveryTag, multiple: false, requeue: true);
        }

        await using var host = await MessagingHost.OnBrokerAsync(vhost, Intake);

        var inbox = host.Services.GetRequiredService<Inbox>();
        await Eventually.IsTrueAsync(() => Task.FromResult(!inbox.Deliveries.IsEmpty), "the delivery");
        inbox.Deliveries.Should().ContainSingle().Which.Redelivered.Should().BeTrue();
    }

    [Fact]
    public async Task In_memory_a_public_event_to_the_intake_arrives_as_its_plain_JSON()
    {
        await using var host = await MessagingHost.InMemoryAsync(Intake);

        await host.SendAsync(PublicExchange.JobSubmitted, new PublicEvent(Snake));

        var inbox = host.Services.GetRequiredService<Inbox>();
        await Eventually.IsTrueAsync(() => Task.FromResult(!inbox.Deliveries.IsEmpty), "the delivery");
        Encoding.UTF8.GetString(inbox.Deliveries.Single().Body.Span).Should().Be(Snake);
    }

    private static void Intake(IBusRegistrationConfigurator bus)
    {
        bus.AddSingleton<Inbox>();
        bus.AddConsumer<RawConsumer>().Endpoint(endpoint => endpoint.Name = Queues.GatewayIntake);
    }

    private static async Task PublishAsync(Uri amqp, string form) => (await TryPublishAsync(amqp, form)).Should().Be(0);

    private static async Task<int> TryPublishAsync(Uri amqp, string form)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Messaging", "publish.py");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, amqp.ToString(), form]) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(errors);
        return process.ExitCode;
    }
}

internal sealed class Inbox
{
    public ConcurrentQueue<RawDelivery> Deliveries { get; } = new();

    public bool RejectAll { get; set; }
}

internal sealed class RawConsumer(Inbox inbox) : IConsumer<RawDelivery>
{
    public async Task Consume(ConsumeContext<RawDelivery> context)
    {
        inbox.Deliveries.Enqueue(context.Message);
        if (!inbox.RejectAll)
            return;
        const string reason = "The body is not JSON.";
        await context.Send(
            Queues.Address(PublicExchange.JobRejected),
            new PublicEvent($$"""{"reason":"{{reason}}"}""", Headers: new Dictionary<string, string> { ["ce-type"] = "job.rejected" }));
        throw new DeliveryRejectedException(reason);
    }
}

internal sealed class Nobody : IConsumer<Unheard>
{
    public Task Consume(ConsumeContext<Unheard> context) => Task.CompletedTask;
}

public sealed record Unheard;
