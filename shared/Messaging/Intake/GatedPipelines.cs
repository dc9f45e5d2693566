using System.Globalization;
using System.Text;
using MassTransit;
using MassTransit.Transports;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Topology;
using RabbitMQ.Client;

namespace Orchestrator.Messaging.Intake;

/// <summary>Puts deliveries that we took from the broker ourselves through MassTransit's pipeline, and what fails into the failed queue.</summary>
internal sealed class GatedPipelines(IBusInstance bus, IBusRegistrationContext registration)
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
    public static async Task MoveToFailedAsync(IChannel channel, string queue, IReadOnlyBasicProperties properties, byte[] body, Exception exception)
    {
        var copy = new BasicProperties(properties) { DeliveryMode = DeliveryModes.Persistent };
        copy.Headers = new Dictionary<string, object?>(properties.Headers ?? new Dictionary<string, object?>())
        {
            [MessageHeaders.Reason] = "fault",
            [MessageHeaders.FaultMessage] = exception.GetBaseException().Message,
            [MessageHeaders.FaultExceptionType] = exception.GetBaseException().GetType().FullName,
            [MessageHeaders.FaultStackTrace] = Cut(exception.ToString()),
            [MessageHeaders.FaultInputAddress] = Queues.Address(queue).ToString(),
            [MessageHeaders.FaultTimestamp] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in FailureHeaders.Of(exception))
            copy.Headers[name] = value;
        await BrokerTopology.DeclareFailedAsync(channel, queue, CancellationToken.None);
        await channel.BasicPublishAsync(Queues.Failed(queue), "", mandatory: true, copy, body);
    }

    private static string Cut(string text) => text.Length <= 8000 ? text : text[..8000];
}
