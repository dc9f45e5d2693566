using MassTransit;

namespace Orchestrator.Messaging.Failures;

/// <summary>One failed queue for everything that could not be handled, where MassTransit by itself makes <c>_error</c> and <c>_skipped</c>.</summary>
internal sealed class FailedQueueNames : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
{
    public string FormatErrorQueueName(string queueName) => Queues.Failed(queueName);

    public string FormatDeadLetterQueueName(string queueName) => Queues.Failed(queueName);
}
