using System.Text;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Topology;
using RabbitMQ.Client;

namespace Orchestrator.Messaging.Intake;

/// <summary>Puts deliveries that we took from the broker ourselves through MassTransit's pipeline, and what fails into the failed queue.</summary>
internal sealed class GatedPipelines(IBusInstance bus, IBusRegistrationContext registration, BrokerLogin login)
{
    public IReceiveEndpointDispatcher Create(GatedEndpoint endpoint)
    {
        // What IReceiveEndpointDispatcherFactory does, but for a consumer that serves several queues.
        var configuration = bus.HostConfiguration.CreateReceiveEndpointConfiguration(endpoint.Queue);
        var configurator = (IReceiveEndpointConfigurator)configuration;
        configurator.ThrowOnSkippedMessages();
        configurator.RethrowFaultedMessages();
        configurator.ConfigureConsumeTopology = false;
        EndpointDefaults.Configure(registration, endpoint.Queue, configurator);
        endpoint.Configure(configurator, registration);
        // More than a check: retries and redelivery are put around the consumer in here.
        configuration.Validate().ThrowIfContainsFailure($"The endpoint of {endpoint.Queue} is invalid:");
        return new ReceiveEndpointDispatcher(configuration.CreateReceiveEndpointContext());
    }

    /// <summary>Headers and properties as MassTransit's transport shows them.</summary>
    public static Dictionary<string, object> Headers(IReadOnlyBasicProperties properties, bool redelivered)
    {
        var headers = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            if (value is not null)
                headers[name] = value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value;
        }

        if (properties.ContentType is { } contentType)
            headers[MessageHeaders.ContentType] = contentType;
        if (properties.MessageId is { } messageId)
            headers[MessageHeaders.MessageId] = messageId;
        // The name under which MassTransit's dispatcher looks for it.
        headers["DeliveryCount"] = redelivered ? 2 : 1;
        return headers;
    }

    /// <summary>Copies the message, byte for byte, with the reason beside it. Returns when the broker has it.</summary>
    public async Task MoveToFailedAsync(IChannel channel, string queue, IReadOnlyBasicProperties properties, byte[] body, Exception exception)
    {
        await BrokerTopology.DeclareFailedAsync(channel, queue, CancellationToken.None);
        await Failpoint.AroundAsync("intake.failed.publish", () => channel.BasicPublishAsync(Queues.Failed(queue), "", mandatory: true, FailedCopy.Of(properties, queue, exception, login, registration.GetRequiredService<TimeProvider>()), body).AsTask());
    }
}
