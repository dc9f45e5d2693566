using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Pipeline.Saga;

/// <summary>Deadlines of the saga. After each of them a command is sent again; none loses or fails a job but those for a missing agent or sandbox and for an outage.</summary>
public sealed class PipelineOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Pipeline";

    /// <summary>Until a reservation that got no answer is asked for again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReserveDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Until a step that no runner took is shown as an outage and sent again; doubled each time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DispatchDeadline { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Until a cancel that no runner confirmed is sent again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CancelDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Until a step is tried again whose agent, sandbox or provider was not there and that named no time; doubled each time, up to an hour, for an outage and for an account that has nothing left.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ProbeAgain { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a missing agent or sandbox is waited for before the step fails under that name.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan UnavailableDeadline { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an outage of provider, git server or storage is waited for before the step fails under its name.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan OutageDeadline { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Steps of one role that may be on their way to a runner (money asked for, or in its queue) at the same time; the others wait here, in fair order.</summary>
    [Range(1, 10_000)]
    public int DispatchWindow { get; set; } = 16;

    /// <summary>Running jobs of one <c>concurrency_key</c>.</summary>
    [Range(1, 10_000)]
    public int JobsPerConcurrencyKey { get; set; } = 1;

    /// <summary>A step that has waited so long counts as one priority higher, and again after as long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PriorityAgeing { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the database is asked for runs that are due and steps that can go on, behind what wakes them at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(3);
}
