using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Instances;
using Orchestrator.Messaging.Intake;
using Orchestrator.Messaging.PublicExchanges;
using Orchestrator.Messaging.Topology;

namespace Orchestrator.Messaging;

/// <summary>
/// What every receive endpoint gets before its definition adds to it, so that the order of filters is
/// scheduled redelivery, message retry, outbox (from the definition), consumer.
/// </summary>
internal static class EndpointDefaults
{
    /// <summary>Soon at first, then every few seconds for longer than the broker leaves a delivery unacknowledged.</summary>
    private static readonly TimeSpan[] Patient =
        [.. new[] { 0.1, 0.3, 1, 2 }.Select(seconds => TimeSpan.FromSeconds(seconds)), .. Enumerable.Repeat(TimeSpan.FromSeconds(5), 10_000)];

    public static void Configure(IRegistrationContext context, string queue, IReceiveEndpointConfigurator endpoint)
    {
        var options = context.GetRequiredService<IOptions<MessagingOptions>>().Value;
        endpoint.PrefetchCount = options.Prefetch;
        endpoint.ConcurrentMessageLimit = options.Concurrency;
        if (Failpoint.IsOn)
            endpoint.ConfigureReceive(pipe => pipe.UseFilter(new AckFailpoints()));
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.ConfigureChannel(channel => channel.UseFilter(new DeclareTopologyFilter()));
        if (context.GetServices<InstanceEndpoint>().Any(instance => instance.Name == queue))
        {
            InstanceEndpoints.Configure(endpoint);
            return;
        }

        if (endpoint is IRabbitMqReceiveEndpointConfigurator durable)
        {
            foreach (var (name, value) in QueueArguments.Working(queue))
                durable.SetQueueArgument(name, value);
        }

        var login = context.GetRequiredService<BrokerLogin>();
        var clock = context.GetRequiredService<TimeProvider>();
        endpoint.PublishFaults = false;
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(new SkippedMessageFilter(login, clock)));
        endpoint.ConfigureError(pipe =>
        {
            pipe.UseFilter(new FailureReasonFilter());
            pipe.UseFilter(new FailedQueueFilter(login, clock));
            pipe.UseFilter(new MassTransit.Middleware.GenerateFaultFilter());
            pipe.UseFilter(new MassTransit.Middleware.ErrorTransportFilter());
        });
        if (queue is Queues.GatewayIntake or Queues.FailedIndex)
            ReceiveRaw(endpoint, queue, login);
        else if (queue != Queues.Scheduler)
            RedeliverLater(endpoint);
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(Transient.Is);
            // Nowhere else to wait: what these hold for the database would count as failed after seconds.
            if (queue is Queues.FailedIndex or Queues.Scheduler or Queues.GatewayIntake)
                retry.Intervals(Patient);
            else
                retry.Exponential(5, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(300));
        });
    }

    /// <summary>An outage of minutes is waited out in the scheduler, not in a delivery. The scheduler itself and raw bytes cannot: they wait where they are.</summary>
    private static void RedeliverLater(IReceiveEndpointConfigurator endpoint) =>
        endpoint.UseScheduledRedelivery(redelivery =>
        {
            redelivery.Handle<Exception>(Transient.Is);
            redelivery.Intervals(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15));
        });

    private static void ReceiveRaw(IReceiveEndpointConfigurator endpoint, string queue, BrokerLogin login)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ClearSerialization();
        var raw = new RawDeserializer(login);
        endpoint.AddSerializer(raw);
        endpoint.AddDeserializer(raw, isDefault: true);
        if (endpoint is not IInMemoryReceiveEndpointConfigurator inMemory)
            return;
        foreach (var exchange in queue == Queues.FailedIndex ? Queues.All.Append(Queues.FailedJobs).Select(Queues.FailedOf) : [PublicExchange.JobSubmitted])
            inMemory.Bind(exchange);
    }
}
