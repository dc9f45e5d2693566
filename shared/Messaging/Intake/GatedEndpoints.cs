using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orchestrator.Messaging.Intake;

/// <summary>Queues that are consumed through an <see cref="IIntakeGate"/>.</summary>
public static class GatedEndpoints
{
    /// <summary>
    /// Consumes a queue one message at a time, through a gate. The same consumer may serve several queues; its definition
    /// applies to each, except for the endpoint name and concurrency.
    /// </summary>
    public static void AddGatedEndpoint<TConsumer>(this IBusRegistrationConfigurator bus, string queue)
        where TConsumer : class, IConsumer
    {
        bus.AddConsumer<TConsumer>().ExcludeFromConfigureEndpoints();
        bus.AddSingleton(new GatedEndpoint(queue, (endpoint, context) => endpoint.ConfigureConsumer<TConsumer>(context)));
    }

    /// <summary>In memory there is no broker to leave a message with: a filter holds the first one, the rest wait behind it.</summary>
    internal static void ConfigureInMemory(IBusRegistrationContext context, IInMemoryBusFactoryConfigurator transport)
    {
        foreach (var gated in context.GetServices<GatedEndpoint>())
        {
            transport.ReceiveEndpoint(gated.Queue, endpoint =>
            {
                EndpointDefaults.Configure(context, gated.Queue, endpoint);
                endpoint.PrefetchCount = 1;
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.UseFilter((InMemoryGate)context.GetRequiredService<IIntakeGates>().For(gated.Queue));
                gated.Configure(endpoint, context);
            });
        }
    }
}

/// <summary>A queue behind a gate and how its consumer is put on it.</summary>
internal sealed record GatedEndpoint(string Queue, Action<IReceiveEndpointConfigurator, IRegistrationContext> Configure);

/// <summary>One gate per queue, of the kind that the transport needs.</summary>
internal sealed class IntakeGates(IServiceProvider provider, IEnumerable<GatedEndpoint> endpoints, IOptions<MessagingOptions> options) : IIntakeGates
{
    private readonly Lazy<Dictionary<string, IIntakeGate>> _gates = new(() => endpoints.ToDictionary(
        endpoint => endpoint.Queue,
        endpoint => options.Value.Transport == MessagingOptions.InMemory
            ? (IIntakeGate)ActivatorUtilities.CreateInstance<InMemoryGate>(provider)
            : ActivatorUtilities.CreateInstance<BrokerGate>(provider, endpoint),
        StringComparer.Ordinal));

    public IEnumerable<IIntakeGate> All => _gates.Value.Values;

    public IIntakeGate For(string queue) =>
        _gates.Value.TryGetValue(queue, out var gate)
            ? gate
            : throw new ArgumentException($"{queue} has no gate: add it with AddGatedEndpoint.", nameof(queue));
}
