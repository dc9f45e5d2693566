using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Gateway.Callbacks;

/// <summary>How results reach a job's <c>callback_url</c>.</summary>
public sealed class CallbackOptions
{
    /// <summary>Networks (CIDR) that are reached although they are loopback, private or link-local.</summary>
    public string[]? AllowedNetworks { get; set; }

    /// <summary>Longest try, from the connection to the answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait after the first failure; doubled each time, at most an hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Age at which a result is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often the table is looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Tries at the same time, to all receivers.</summary>
    [Range(1, 1024)]
    public int Concurrency { get; set; } = 64;

    /// <summary>Tries at the same time to one receiver, so that a slow one holds up nobody else.</summary>
    [Range(1, 64)]
    public int PerReceiver { get; set; } = 4;
}
