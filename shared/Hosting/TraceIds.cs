using System.Diagnostics;

namespace Orchestrator.Hosting;

/// <summary>
/// Keeps traces together where nobody records them: every message and request still has an activity, so logs, problems, failed messages and agents
/// know their trace, but no span is filled with anything.
/// </summary>
internal static class TraceIds
{
    /// <summary>The client of the broker is the only one that begins an activity for what a gate takes from a queue.</summary>
    private static readonly string[] Prefixes = ["RabbitMQ.Client.", "Orchestrator."];
    private static readonly Lazy<ActivityListener> Listener = new(Listen);

    /// <summary>From now on, in the whole process.</summary>
    public static void Follow() => _ = Listener.Value;

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or "Microsoft.AspNetCore" || Prefixes.Any(prefix => source.Name.StartsWith(prefix, StringComparison.Ordinal)),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
