namespace Orchestrator.Gateway.Jobs;

public enum JobStatus
{
    Queued,
    Running,
    Parked,
    Completed,
    Failed,
    Cancelled,
}
