namespace Orchestrator.Gateway.ReadModel;

/// <summary>One thing that happened to a job, in the order in which this service learned of it: what the event stream replays.</summary>
public sealed class JobEventRow
{
    public long Id { get; set; }

    public Guid PipelineId { get; set; }

    /// <summary>1, 2, 3 … per job; the id of the stream.</summary>
    public long Sequence { get; set; }

    public string Type { get; set; } = "";

    /// <summary>Names the fact (type, run, launch or time), so that the same fact told twice is one event.</summary>
    public string Fact { get; set; } = "";

    public DateTimeOffset At { get; set; }

    /// <summary>The event as the stream sends it.</summary>
    public string Data { get; set; } = "";
}
