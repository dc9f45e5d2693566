using MassTransit;

namespace Orchestrator.Pipeline.Flow;

/// <summary>Tells the release after each handled message that a place may be free; costs nothing while nobody waits.</summary>
internal sealed class ReleaseAfterCommit(Release release) : IFilter<ConsumeContext>
{
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        await next.Send(context).ConfigureAwait(false);
        release.Ring();
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("release");
}
