using System.Text.Json;
using Orchestrator.Agents;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Sandbox;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.Execution.Attempts;

/// <summary>Reads the job and makes sure that its policy can be kept here before anything is spent.</summary>
internal sealed class AttemptPreflight(IArtifactStore artifacts, IAgentCatalog agents, ISandbox sandbox, SandboxOptions options)
{
    private const long MaxDocumentBytes = 4 * 1024 * 1024;

    /// <summary>Reads the job that the command refers to.</summary>
    /// <exception cref="WorkspaceException">It is not there or not what was recorded.</exception>
    public async Task<AcceptedJob> LoadAsync(RunStep command, CancellationToken cancellationToken)
    {
        var bytes = await VerifiedCopy.ReadAsync(artifacts, command.Document, MaxDocumentBytes, cancellationToken);
        return JsonSerializer.Deserialize<AcceptedJob>(bytes, ContractJson.Options)
            ?? throw new WorkspaceException(ErrorCodes.InputMissing, $"The document {command.Document.Path} is empty. Submit the job again.");
    }

    /// <summary>Checks agent and sandbox.</summary>
    /// <exception cref="AttemptEndedException">With the named reason.</exception>
    public async Task<AttemptContext> CheckAsync(RunStep command, AcceptedJob job, CancellationToken cancellationToken)
    {
        var stepId = command.Key.StepId;
        var step = job.Job.Steps.FirstOrDefault(step => string.Equals(step.StepId, stepId, StringComparison.Ordinal));
        var decision = job.Steps.FirstOrDefault(step => string.Equals(step.StepId, stepId, StringComparison.Ordinal));
        if (step is null || decision is null)
            throw Ended(StepOutcome.FailedForGood, ErrorCodes.Internal, $"The job has no step '{stepId}'.");
        var agent = agents.Find(step.Agent)
            ?? throw Ended(StepOutcome.FailedForGood, ErrorCodes.UnknownAgent, $"There is no agent '{step.Agent}' here. Use one of: {string.Join(", ", agents.Names.Order(StringComparer.Ordinal))}.");
        var available = await agents.ProbeAsync(agent, cancellationToken);
        if (available.Problem is { } problem)
            throw Ended(StepOutcome.Parked, ErrorCodes.AgentUnavailable, problem);
        // What a job's document says lowers nothing by itself: the operator of this machine must have said so here.
        var box = job.Job.Policy.Sandbox || !options.JobsMayLeave ? sandbox : new NoSandbox("the job asked for it and Policy:AllowUnsandboxed is true");
        var lowered = box is NoSandbox;
        if (agent.NeedsBox || step.Verify is { Count: > 0 })
        {
            var status = await box.ProbeAsync(cancellationToken);
            if (!status.CanRun)
                throw Ended(StepOutcome.Parked, ErrorCodes.SandboxUnavailable, $"This agent runs foreign code and cannot be boxed here: {status.Detail}");
            lowered = status.Lowered;
        }

        return new AttemptContext(command, job, step, decision, agent, available.Binary, box, lowered);
    }

    private static AttemptEndedException Ended(StepOutcome outcome, string code, string message) => new(new AttemptVerdict(outcome, code, message));
}
