namespace Orchestrator.Gateway.Audit;

/// <summary>Who did what, from where, with what result. Written in the transaction of the deed; never changed.</summary>
public sealed class AuditRow
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    public string Actor { get; set; } = "";

    public string Address { get; set; } = "";

    public string Action { get; set; } = "";

    public string? ProjectId { get; set; }

    public string? JobId { get; set; }

    public string Result { get; set; } = "";

    public string? TraceId { get; set; }
}
