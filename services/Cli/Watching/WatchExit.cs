using Orchestrator.Cli.Client;

namespace Orchestrator.Cli.Watching;

/// <summary>What the end of a watched job means to a script.</summary>
public static class WatchExit
{
    public static int CodeOf(JobView job) => job switch
    {
        { Status: "completed" } => ExitCodes.Done,
        { Status: "failed", Error.Code: "budget_denied" } => ExitCodes.BudgetRefused,
        { Status: "failed", Error.Code: "rejected" } => ExitCodes.NeedsPerson,
        { IsOver: true } => ExitCodes.JobFailed,
        { Parked.Reason: "budget" } => ExitCodes.BudgetRefused,
        _ => ExitCodes.NeedsPerson,
    };
}
