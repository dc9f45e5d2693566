using MassTransit;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Gateway.Streams;

/// <summary>Best effort: a piece of a log is there, so whoever follows it reads on in the store now and not at the next look.</summary>
public sealed class LogChunkConsumer(StreamSignals signals) : IConsumer<StepLogChunk>
{
    public Task Consume(ConsumeContext<StepLogChunk> context)
    {
        signals.Ring(context.Message.JobId, context.Message.StepId);
        return Task.CompletedTask;
    }
}
