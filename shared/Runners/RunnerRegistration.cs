using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Agents;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Intake;
using Orchestrator.Messaging.Instances;
using Orchestrator.Persistence;
using Orchestrator.Runners.Attempts;
using Orchestrator.Runners.Intake;
using Orchestrator.Runners.Rescue;

namespace Orchestrator.Runners;

/// <summary>What a runner consists of; the three services differ in the role only.</summary>
public static class RunnerRegistration
{
    /// <summary>Adds the engine, the leases and the rescue for these roles.</summary>
    public static WebApplicationBuilder AddRunners(this WebApplicationBuilder builder, params StepRole[] roles)
    {
        var services = builder.Services;
        services.AddValidatedOptions<RunnerOptions>(RunnerOptions.Section);
        services.AddValidatedOptions<LeaseOptions>(LeaseOptions.Section);
        builder.AddServiceDatabase<RunnerDbContext>(RunnerDbContext.SchemaName);
        services.AddArtifacts(builder.Configuration);
        services.AddAgents(builder.Configuration);
        services.AddExecution(builder.Configuration);
        services.AddSingleton(new RunnerRoles(roles));
        services.AddScoped<StepLeases>();
        services.AddSingleton<RunnerInstance>();
        services.AddSingleton<RunningAttempts>();
        services.AddSingleton<RunnerSlots>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<LiveLog>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveLog>());
        services.AddHostedService<Heartbeat>();
        services.AddHostedService<LeaseRescuer>();
        services.AddHostedService<GracefulStop>();
        return builder;
    }

    /// <summary>Adds the intake of these roles and the ear for cancels.</summary>
    public static void AddRunnerConsumers(this IBusRegistrationConfigurator bus, params StepRole[] roles)
    {
        foreach (var role in roles)
            bus.AddGatedEndpoint<RunStepConsumer>(Queues.Of(role));
        bus.AddInstanceConsumer<CancelStepConsumer>("cancel-step");
    }
}
