using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Results;

namespace Orchestrator.Validation.Jobs;

/// <summary>What the operator's configuration makes of each step: runner, tools, reservation, whether it must change something.</summary>
internal sealed class StepDecisions(OperatorPolicy operators, JobPolicy policy, JobBudget? budget, bool usesNewFields, ProblemList problems)
{
    /// <summary>Decides about a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="path">Its path.</param>
    /// <param name="agentPath">What to name when its agent is refused: a step of the default pipeline stands nowhere in the body.</param>
    public AcceptedStep Decide(StepDocument step, string path, string agentPath)
    {
        var agent = Agent(step.Agent, agentPath);
        var role = operators.RoleOf(step.Role);
        var tools = Tools(step, role, path);
        var canWrite = KnownTools.CanWrite(tools);
        if (step.RequireChanges == true && !canWrite)
        {
            problems.Add(
                $"{path}.require_changes", ProblemCodes.Contradiction, "The step must change something, but none of its tools can write.",
                "Add Edit or Write to allowed_tools, or take require_changes out.");
        }

        return new AcceptedStep
        {
            StepId = step.StepId,
            Role = role ?? StepRole.Implementer,
            Tools = tools,
            CanWrite = canWrite,
            ReserveMicroUsd = Reserve(step, agent),
            RequireChanges = step.RequireChanges
                ?? (usesNewFields && role == StepRole.Implementer && canWrite && agent is { IsReal: true }),
        };
    }

    private KnownAgent? Agent(string name, string path)
    {
        if (operators.Find(name) is not { } agent)
        {
            problems.Add(path, ProblemCodes.UnknownAgent, $"There is no agent {JsonPath.Shown(name)}.",
                $"Did you mean {NearestName.Of(name, operators.Agents)}? Agents: {string.Join(", ", operators.Agents)}. A program of your own becomes one under Agents:Commands:<name>.");
            return null;
        }

        if (!operators.Agents.Contains(agent.Name, StringComparer.Ordinal))
            problems.Add(path, ProblemCodes.AgentNotAllowed, $"The operator does not offer {agent.Name}.", $"Agents here: {string.Join(", ", operators.Agents)}.");
        else if (agent.Binary is { } binary && !policy.AllowedBinaries.Contains(binary, StringComparer.Ordinal))
            problems.Add(path, ProblemCodes.BinaryNotAllowed, $"{agent.Name} starts {binary}, which is not among the job's allowed binaries.",
                $"Allowed for this job: {(policy.AllowedBinaries.Count == 0 ? "none" : JsonPath.Shown(string.Join(", ", policy.AllowedBinaries)))}. Add {binary} to policy.allowed_binaries, or name another agent.");
        return agent;
    }

    private IReadOnlyList<string> Tools(StepDocument step, StepRole? role, string path)
    {
        var allowed = operators.ToolsOf(role);
        if (step.AllowedTools is null)
            return [.. (role is { } known ? KnownTools.DefaultOf(known) : KnownTools.Reading).Where(tool => allowed.Contains(tool, StringComparer.Ordinal))];
        for (var i = 0; i < step.AllowedTools.Count && !problems.IsFull; i++)
        {
            var tool = step.AllowedTools[i];
            var at = JsonPath.Item($"{path}.allowed_tools", i);
            if (!KnownTools.All.Contains(tool, StringComparer.Ordinal))
                problems.Add(at, ProblemCodes.UnknownTool, $"There is no tool {JsonPath.Shown(tool)}.",
                    $"Did you mean {NearestName.Of(tool.Split('(')[0], KnownTools.All)}? Tools are named alone, without a pattern in parentheses: {string.Join(", ", KnownTools.All)}.");
            else if (!allowed.Contains(tool, StringComparer.Ordinal))
                problems.Add(at, ProblemCodes.ToolNotAllowed, $"{tool} is not in the operator's list of the role {JsonPath.Shown(step.Role)}{(role is null ? ", which maps to no role and only reads" : "")}.",
                    $"Allowed: {(allowed.Count == 0 ? "none" : string.Join(", ", allowed))}. {(role is null ? "Use the role planner, implementer or reviewer, or ask the operator to map yours in Policy:Roles." : "Take it out, or ask the operator to add it to Policy:AllowedTools.")}");
        }

        return [.. step.AllowedTools.Distinct(StringComparer.Ordinal)];
    }

    private long Reserve(StepDocument step, KnownAgent? agent)
    {
        var asked = step.MaxCostUsd ?? (agent is null ? 0m : operators.ReserveOf(agent));
        return MicroUsd.FromUsd(budget?.MaxCostUsd is { } most ? Math.Min(asked, most) : asked);
    }
}
