using MassTransit;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Json;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Agents;
using Orchestrator.Gateway.Artifacts;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.FailedQueues;
using Orchestrator.Gateway.Intake;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.OpenApi;
using Orchestrator.Gateway.Problems;
using Orchestrator.Gateway.Projects;
using Orchestrator.Gateway.PublicEvents;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Gateway.Restart;
using Orchestrator.Gateway.Schemas;
using Orchestrator.Gateway.Streams;
using Orchestrator.Gateway.Tokens;
using Orchestrator.Gateway.Webhooks;
using Orchestrator.Hosting;
using Orchestrator.Messaging.Instances;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Projects;

namespace Orchestrator.Gateway;

/// <summary>What the Gateway consists of.</summary>
public static class GatewayRegistration
{
    /// <summary>Adds database, doors, read model and callbacks.</summary>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<GatewayOptions>(GatewayOptions.Section);
        builder.AddServiceDatabase<GatewayDbContext>("gateway");
        builder.AddJobAcceptance();
        services.AddArtifacts(builder.Configuration);
        services.AddSingleton<ConfiguredProjects>();
        services.AddSingleton<OpenCredentials>();
        services.AddSingleton<OpenCacheMounts>();
        services.AddSingleton<OpenRepositories>();
        services.AddScoped<ProjectCatalog>();
        services.AddScoped<IProjectCatalog>(provider => provider.GetRequiredService<ProjectCatalog>());
        services.AddScoped<ProjectEndpoints.ProjectWriter>();
        services.AddScoped<JobSubmission>();
        services.AddScoped<ControlEndpoints.JobControl>();
        services.AddScoped<JobRetry>();
        services.AddScoped<AcceptedDocuments>();
        services.AddScoped<PublicEventOutbox>();
        services.AddScoped<JobProjection>();
        services.AddSingleton(provider => new GroupCommit<GatewayDbContext, ProjectedEvent>(
            provider.GetRequiredService<IServiceScopeFactory>(),
            (scope, group, cancel) => scope.GetRequiredService<JobProjection>().ApplyAsync(group, cancel)));
        services.AddScoped<CallbackPlan>();
        services.AddScoped<FailedIndex>();
        services.AddScoped<FailedDecisions>();
        services.AddSingleton<FailedWork>();
        services.AddHostedService<FailedWorker>();
        services.AddSingleton<StreamSignals>();
        services.AddSingleton<StreamServices>();
        services.AddSingleton<PublicAddresses>();
        services.AddSingleton<CallbackSender>();
        services.AddHostedService(provider => provider.GetRequiredService<CallbackSender>());
        services.AddHostedService<UnfinishedJobs>();
        builder.AddAccess();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = ContractJson.Options.PropertyNamingPolicy;
            json.SerializerOptions.DictionaryKeyPolicy = null;
            json.SerializerOptions.NumberHandling = ContractJson.Options.NumberHandling;
            json.SerializerOptions.Encoder = ContractJson.Options.Encoder;
            foreach (var converter in ContractJson.Options.Converters)
                json.SerializerOptions.Converters.Add(converter);
        });
        // A parameter that cannot be read is told by the problem middleware like everything else.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddDescription();
        return builder;
    }

    /// <summary>Adds the intake, the read model and the ear for live logs.</summary>
    public static void AddGatewayConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<JobIntakeConsumer, JobIntakeConsumerDefinition>();
        bus.AddConsumer<JobEventsConsumer, JobEventsConsumerDefinition>();
        bus.AddConsumer<FailedIndexConsumer, FailedIndexConsumerDefinition>();
        bus.AddInstanceConsumer<LogChunkConsumer>("log-chunks");
    }

    /// <summary>Maps every route. Health and metrics are mapped by the service defaults.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        // Projects and the first token are read now: a wrong file stops the start and not the first request.
        app.Services.GetRequiredService<ConfiguredProjects>();
        app.Services.GetRequiredService<AdminToken>();
        app.UseForwardedHeaders();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSubmit();
        app.MapJobList();
        app.MapControl();
        app.MapRetry();
        app.MapEvents();
        app.MapLogs();
        app.MapArtifacts();
        app.MapProjects();
        app.MapTokens();
        app.MapFailed();
        app.MapAgents();
        app.MapWebhooks();
        app.MapSchemas();
        app.MapDescription();
        return app;
    }
}
