using Orchestrator.Agents;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Sandbox;

namespace Orchestrator.Execution.Attempts;

/// <summary>What preflight found out about a launch: everything that is needed to run it is there.</summary>
/// <param name="Command">The command.</param>
/// <param name="Job">The accepted job.</param>
/// <param name="Step">The step as the job writes it.</param>
/// <param name="Decision">What the door decided about it.</param>
/// <param name="Agent">Its agent.</param>
/// <param name="Binary">The agent's binary, or null for one without.</param>
/// <param name="Sandbox">The box of this launch.</param>
/// <param name="Lowered">Whether its processes are not boxed.</param>
internal sealed record AttemptContext(
    RunStep Command,
    AcceptedJob Job,
    StepDocument Step,
    AcceptedStep Decision,
    ICodingAgent Agent,
    string? Binary,
    ISandbox Sandbox,
    bool Lowered)
{
    public bool HasVerify => Step.Verify is { Count: > 0 };

    public bool WantsNetwork => Job.Job.Policy.Network == NetworkPolicy.Allow;
}
