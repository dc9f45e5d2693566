using MassTransit;
using Orchestrator.Artifacts;
using Orchestrator.Hosting;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Sagas;
using Orchestrator.Pipeline.Assembly;
using Orchestrator.Pipeline.Flow;
using Orchestrator.Pipeline.Saga;
using Orchestrator.Pipeline.Sweeps;

namespace Orchestrator.Pipeline;

/// <summary>What the Pipeline service consists of.</summary>
public static class PipelineRegistration
{
    /// <summary>Adds the saga's database, verbs and sweep.</summary>
    public static WebApplicationBuilder AddPipeline(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PipelineOptions>(PipelineOptions.Section);
        builder.AddServiceDatabase<PipelineDbContext>(PipelineDbContext.SchemaName);
        builder.Services.AddArtifacts(builder.Configuration);
        builder.Services.AddSingleton<AcceptedJobs>();
        builder.Services.AddSingleton<IJobAssembler, JobAssembler>();
        builder.Services.AddSingleton<EarlierRuns>();
        builder.Services.AddSingleton<ReadyGauge>();
        builder.Services.AddSingleton<Places>();
        builder.Services.AddSingleton<ConcurrencyKeys>();
        builder.Services.AddSingleton<Release>();
        builder.Services.AddSingleton<RunNews>();
        builder.Services.AddSingleton<StepLaunch>();
        builder.Services.AddSingleton<StepParking>();
        builder.Services.AddSingleton<StepOutcomes>();
        builder.Services.AddSingleton<RunDirector>();
        builder.Services.AddSingleton<JobEnding>();
        builder.Services.AddSingleton<PipelineActivities>();
        builder.Services.AddSingleton<Decisions>();
        builder.Services.AddHostedService<DueRuns>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Release>());
        return builder;
    }

    /// <summary>Adds the saga.</summary>
    public static void AddPipelineConsumers(this IBusRegistrationConfigurator bus) =>
        bus.AddSagaStateMachine<PipelineStateMachine, PipelineState, PipelineStateDefinition>()
            .EfRepository<PipelineState, PipelineDbContext>();
}
