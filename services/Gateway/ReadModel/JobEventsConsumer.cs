using MassTransit;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.Streams;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>Hears of everything that happens to jobs. Events that come at the same time are written together; a copy is known by the inbox, and what is told again in another message by its fact.</summary>
internal sealed class JobEventsConsumer(GroupCommit<GatewayDbContext, ProjectedEvent> group, StreamSignals signals, CallbackSender callbacks) :
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
    public Task Consume(ConsumeContext<JobStarted> context) => ShowAsync(context, ProjectedEvent.Of(context.Message));

    public Task Consume(ConsumeContext<JobQueued> context) => ShowAsync(context, ProjectedEvent.Of(context.Message));

    public Task Consume(ConsumeContext<StepStarted> context) => ShowAsync(context, ProjectedEvent.Of(context.Message));

    public Task Consume(ConsumeContext<StepFinished> context) => ShowAsync(context, ProjectedEvent.Of(context.Message));

    public Task Consume(ConsumeContext<JobParked> context) => ShowAsync(context, ProjectedEvent.Of(context.Message));

    public Task Consume(ConsumeContext<JobHalted> context) => ShowAsync(context, ProjectedEvent.Of(context.Message));

    public Task Consume(ConsumeContext<JobResumed> context) => ShowAsync(context, ProjectedEvent.Of(context.Message));

    public Task Consume(ConsumeContext<JobCompleted> context) => ShowAsync(context, ProjectedEvent.Ended(context.Message.PipelineId, context.Message.Run, JobStatus.Completed, context.Message.Outcome));

    public Task Consume(ConsumeContext<JobFailed> context) => ShowAsync(context, ProjectedEvent.Ended(context.Message.PipelineId, context.Message.Run, JobStatus.Failed, context.Message.Outcome));

    public Task Consume(ConsumeContext<JobCancelled> context) => ShowAsync(context, ProjectedEvent.Ended(context.Message.PipelineId, context.Message.Run, JobStatus.Cancelled, context.Message.Outcome));

    private async Task ShowAsync(ConsumeContext context, ProjectedEvent one)
    {
        await group.RunAsync(context, one);
        if (one.ShownUnder is { } job)
            signals.Ring(job);
        if (one.HasCallback)
            callbacks.Ring();
    }
}

/// <summary>Its endpoint: read model, public events and callbacks commit together.</summary>
internal sealed class JobEventsConsumerDefinition : ConsumerDefinition<JobEventsConsumer>
{
    public JobEventsConsumerDefinition() => EndpointName = Queues.GatewayEvents;

    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<JobEventsConsumer> consumerConfigurator, IRegistrationContext context)
    {
        // As many as are delivered may share a transaction.
        endpointConfigurator.ConcurrentMessageLimit = null;
        endpointConfigurator.UseConflictRetry();
    }
}
