using MassTransit;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Intake;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>Hears of whatever reaches a failed queue.</summary>
public sealed class FailedIndexConsumer(FailedIndex index) : IConsumer<RawDelivery>
{
    public Task Consume(ConsumeContext<RawDelivery> context) =>
        index.AddAsync(FailedMessage.Of(context.Message), context.Message.Redelivered || context.GetRetryAttempt() > 0, context.CancellationToken);
}

/// <summary>Its endpoint. What cannot be written down stays in a failed queue that is not indexed.</summary>
public sealed class FailedIndexConsumerDefinition : ConsumerDefinition<FailedIndexConsumer>
{
    public FailedIndexConsumerDefinition() => EndpointName = Queues.FailedIndex;
}
