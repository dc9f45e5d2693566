using System.Diagnostics;

namespace Orchestrator.Hosting;

/// <summary>
/// Keeps traces together where nobody records them: every message and request still has an activity, so logs, problems, failed messages and agents
/// know their trace, but no span is filled with anything.
/// </summary>
internal static class TraceIds
{
    private static readonly Lazy<ActivityListener> Listener = new(Listen);

    /// <summary>From now on, in the whole process.</summary>
    public static void Follow() => _ = Listener.Value;

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or "Microsoft.AspNetCore" || source.Name.StartsWith("Orchestrator.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
