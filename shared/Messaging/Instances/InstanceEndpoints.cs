using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Messaging.Instances;

/// <summary>
/// Events that every process wants a copy of: cancel this launch, here is a piece of a log. They are best effort: the queue lives
/// and dies with the process, and what could not be handled is dropped.
/// </summary>
public static class InstanceEndpoints
{
    /// <summary>
    /// Adds a consumer that gets its own copy of each published message in every process, through an exclusive queue
    /// <c>&lt;queue&gt;-&lt;machine&gt;-&lt;random&gt;</c>.
    /// </summary>
    public static IConsumerRegistrationConfigurator<TConsumer> AddInstanceConsumer<TConsumer>(this IBusRegistrationConfigurator bus, string queue)
        where TConsumer : class, IConsumer
    {
        var name = $"{queue}-{Environment.MachineName.ToLowerInvariant()}-{Guid.NewGuid().ToString("N")[..12]}";
        bus.AddSingleton(new InstanceEndpoint(name));
        var consumer = bus.AddConsumer<TConsumer>();
        consumer.Endpoint(endpoint => endpoint.Name = name);
        return consumer;
    }

    /// <summary>
    /// Exclusive, because RabbitMQ 4 deprecates transient queues that are not. A consumer that lost its connection makes the queue anew.
    /// </summary>
    internal static void Configure(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        endpoint.PublishFaults = false;
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator rabbit)
            return;
        rabbit.Durable = false;
        rabbit.AutoDelete = true;
        rabbit.Exclusive = true;
    }
}

/// <summary>Names a queue that lives with this process.</summary>
internal sealed record InstanceEndpoint(string Name);
