using MassTransit;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>Hears of everything that happens to jobs.</summary>
public sealed class JobEventsConsumer(JobProjection projection) :
    IConsumer<JobStarted>,
    IConsumer<JobQueued>,
    IConsumer<StepStarted>,
    IConsumer<StepFinished>,
    IConsumer<JobParked>,
    IConsumer<JobHalted>,
    IConsumer<JobResumed>,
    IConsumer<JobCompleted>,
    IConsumer<JobFailed>,
    IConsumer<JobCancelled>
{
    public Task Consume(ConsumeContext<JobStarted> context) => projection.StartedAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<JobQueued> context) => projection.QueuedAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<StepStarted> context) => projection.StepStartedAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<StepFinished> context) => projection.StepFinishedAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<JobParked> context) => projection.ParkedAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<JobHalted> context) => projection.HaltedAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<JobResumed> context) => projection.ResumedAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<JobCompleted> context) =>
        projection.EndedAsync(context.Message.PipelineId, context.Message.Run, JobStatus.Completed, context.Message.Outcome, context.CancellationToken);

    public Task Consume(ConsumeContext<JobFailed> context) =>
        projection.EndedAsync(context.Message.PipelineId, context.Message.Run, JobStatus.Failed, context.Message.Outcome, context.CancellationToken);

    public Task Consume(ConsumeContext<JobCancelled> context) =>
        projection.EndedAsync(context.Message.PipelineId, context.Message.Run, JobStatus.Cancelled, context.Message.Outcome, context.CancellationToken);
}

/// <summary>Its endpoint: read model, public events and callbacks commit together.</summary>
public sealed class JobEventsConsumerDefinition : ConsumerDefinition<JobEventsConsumer>
{
    public JobEventsConsumerDefinition() => EndpointName = Queues.GatewayEvents;

    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<JobEventsConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseTransactionalOutbox<GatewayDbContext>(context);
}
