using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Intake;
using Orchestrator.Messaging.PublicExchanges;
using Orchestrator.Messaging.Topology;

namespace Orchestrator.Messaging;

/// <summary>The bus of a process. A service says which consumers it has; everything about queues is said here.</summary>
public static class MessagingRegistration
{
    /// <summary>Adds the bus. Endpoint names come from the consumers' definitions.</summary>
    public static WebApplicationBuilder AddMessaging(this WebApplicationBuilder builder, Action<IBusRegistrationConfigurator> configure)
    {
        builder.Services.AddValidatedOptions<MessagingOptions>(MessagingOptions.Section);
        var options = builder.Configuration.GetSection(MessagingOptions.Section).Get<MessagingOptions>() ?? new MessagingOptions();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.ConfigureHealthCheckOptions(health =>
            {
                health.Name = "broker";
                health.Tags.Clear();
                health.Tags.Add(ServiceDefaults.Ready);
                health.MinimalFailureStatus = HealthStatus.Unhealthy;
            });
            bus.AddMessageScheduler(Queues.Address(Queues.Scheduler));
            bus.AddConfigureEndpointsCallback(EndpointDefaults.Configure);
            if (Failpoint.IsOn)
                bus.AddReceiveObserver<AckFailpoints>();
            configure(bus);
            if (options.Transport == MessagingOptions.InMemory)
                bus.UsingInMemory(InMemory);
            else
                bus.UsingRabbitMq(Broker);
        });
        AddGates(builder.Services);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => BrokerLogin.Of(provider));
        if (options.Transport == MessagingOptions.InMemory)
        {
            builder.Services.AddSingleton<IFailedQueues, InMemoryFailedQueues>();
        }
        else
        {
            builder.Services.AddSingleton<IFailedQueues, BrokerFailedQueues>();
            builder.Services.AddSingleton<BrokerProbe>();
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                "broker-takes-messages", provider => provider.GetRequiredService<BrokerProbe>(), HealthStatus.Unhealthy, [ServiceDefaults.Ready]));
        }

        // A message that is published before the queues are bound is lost without a word.
        builder.Services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
        return builder;
    }

    /// <summary>After the bus: gates open when it runs and close before it stops.</summary>
    private static void AddGates(IServiceCollection services)
    {
        services.AddSingleton<IntakeGates>();
        services.AddSingleton<IIntakeGates>(provider => provider.GetRequiredService<IntakeGates>());
        services.AddSingleton<GatedPipelines>();
        services.AddSingleton<GatedIntake>();
        services.AddHostedService(provider => provider.GetRequiredService<GatedIntake>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "intake", provider => provider.GetRequiredService<GatedIntake>(), HealthStatus.Unhealthy, [ServiceDefaults.Ready]));
    }

    private static void InMemory(IBusRegistrationContext context, IInMemoryBusFactoryConfigurator transport)
    {
        GatedEndpoints.ConfigureInMemory(context, transport);
        Common(context, transport);
    }

    private static void Broker(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator transport)
    {
        var address = BrokerAddress.From(
            context.GetRequiredService<IConfiguration>(),
            context.GetRequiredService<IOptions<MessagingOptions>>().Value,
            context.GetRequiredService<ServiceName>().Value);
        transport.Host(address.Host, address.Port, address.VirtualHost, address.Connection, host => address.Apply(host));
        // The failed queue would inherit every argument of the queue it stands beside, its dead-letter route included.
        transport.SendTopology.ConfigureErrorSettings = FailedQueueArguments;
        transport.SendTopology.ConfigureDeadLetterSettings = FailedQueueArguments;
        Common(context, transport);
    }

    private static void Common<T>(IBusRegistrationContext context, IBusFactoryConfigurator<T> transport)
        where T : IReceiveEndpointConfigurator
    {
        var names = new FailedQueueNames();
        transport.SendTopology.ErrorQueueNameFormatter = names;
        transport.SendTopology.DeadLetterQueueNameFormatter = names;
        transport.MessageTopology.SetEntityNameFormatter(new ContractNames(transport.MessageTopology.EntityNameFormatter));
        transport.ConfigureSend(pipe => pipe.UseSendExecute<PublicEvent>(PublicEventSerializer.Apply));
        transport.ConfigureJsonSerializerOptions(json =>
        {
            json.WriteIndented = false;
            return json;
        });
        transport.UseMessageScheduler(Queues.Address(Queues.Scheduler));
        transport.ConfigureEndpoints(context);
    }

    private static void FailedQueueArguments(IRabbitMqQueueBindingConfigurator failed)
    {
        foreach (var name in QueueArguments.Working("").Keys)
            failed.SetQueueArgument(name, null!);
        foreach (var (name, value) in QueueArguments.Failed())
            failed.SetQueueArgument(name, value!);
    }
}
