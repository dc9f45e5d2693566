using Orchestrator.Cli.Client;

namespace Orchestrator.Cli.Output;

/// <summary>What a person would type next about a job.</summary>
public static class NextCommand
{
    public static string? Of(JobView job) => job switch
    {
        { IsOver: false, Parked.Reason: "merge_conflict" } => $"orch resolve {job.JobId} --take STEP",
        { IsOver: false, Parked.Reason: "secret_in_output" } => $"orch release {job.JobId} FINGERPRINT    or: orch reject {job.JobId}",
        { IsOver: false, Parked.NeedsPerson: true } => $"orch approve {job.JobId}    or: orch reject {job.JobId}",
        { Status: "parked" } => $"orch wake {job.JobId}",
        { IsOver: false } => $"orch watch {job.JobId}",
        { Status: "completed", Changed: not false } => $"orch diff {job.JobId}    orch apply {job.JobId}",
        { Status: "completed" } => $"orch report {job.JobId}",
        { Status: "failed" } => $"orch logs {job.JobId}    or: orch retry {job.JobId}",
        { Status: "cancelled" } => $"orch retry {job.JobId}",
        _ => null,
    };
}
