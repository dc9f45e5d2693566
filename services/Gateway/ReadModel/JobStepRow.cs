using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Jobs;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>A step as its newest launch shows it.</summary>
public sealed class JobStepRow
{
    public long Id { get; set; }

    public Guid PipelineId { get; set; }

    public string StepId { get; set; } = "";

    public int Position { get; set; }

    /// <summary>The role as the job names it.</summary>
    public string Role { get; set; } = "";

    public string Agent { get; set; } = "";

    public string? Model { get; set; }

    public StepStatus Status { get; set; }

    public int Run { get; set; }

    public int Visit { get; set; }

    public int Attempt { get; set; }

    /// <summary>Fencing token of the newest launch seen; a report with a smaller one is late.</summary>
    public long Token { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Summary { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public bool? Changed { get; set; }

    public ParkReason? ParkReason { get; set; }

    public string? ParkDetail { get; set; }

    public DateTimeOffset? ParkedAt { get; set; }

    public DateTimeOffset? WakeAt { get; set; }

    /// <summary>Time of the newest park or resume of this step.</summary>
    public DateTimeOffset? MovedAt { get; set; }

    public List<string> Notices { get; set; } = [];

    public int Launches { get; set; }

    /// <summary>Sum over every launch of the step.</summary>
    public UsageSums Usage { get; set; } = new();

    public void BeginAgain(int run)
    {
        (Run, Visit, Attempt, Status) = (run, 1, 0, StepStatus.Pending);
        (StartedAt, FinishedAt, Summary, ErrorCode, ErrorMessage, Changed) = (null, null, null, null, null, null);
        (ParkReason, ParkDetail, ParkedAt, WakeAt) = (null, null, null, null);
        Notices = [];
    }

    public AttemptKey Launch(string jobId) => new(PipelineId, jobId, Run, StepId, Visit, Attempt, Token);
}
