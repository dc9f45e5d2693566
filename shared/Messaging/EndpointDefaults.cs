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
            // A copy that waits for the database holds nothing up but the index, and has no other place to wait.
            if (queue == Queues.FailedIndex)
                retry.Interval(10_000, TimeSpan.FromSeconds(5));
            else
                retry.Exponential(5, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(300));
        });
    }

    /// <summary>An outage of minutes is waited out in the scheduler, not in a delivery. The scheduler itself and raw bytes cannot.</summary>
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
