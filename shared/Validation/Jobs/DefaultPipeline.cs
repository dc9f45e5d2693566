using Orchestrator.Contracts.Steps;
using Orchestrator.Validation.Policy;

namespace Orchestrator.Validation.Jobs;

/// <summary>What a job without steps does: plan, implement, review.</summary>
internal static class DefaultPipeline
{
    private const string PlanReport = "steps/01_plan/report.md";
    private const string ImplementReport = "steps/02_implement/report.md";
    private const string ImplementPatch = "steps/02_implement/patch.diff";

    public static IReadOnlyList<StepDocument> Of(string goal, Func<StepRole, string> agentOf, Func<StepRole, IReadOnlyList<string>> toolsOf) =>
    [
        new()
        {
            StepId = "01_plan",
            Agent = agentOf(StepRole.Planner),
            Role = "planner",
            Prompt = $"Read the repository and write a short plan that reaches the goal below: which files change, how, and how to check it. Change nothing.\n\nGoal: {goal}",
            TimeoutSec = 120,
            AllowedTools = Tools(StepRole.Planner, toolsOf),
        },
        new()
        {
            StepId = "02_implement",
            Agent = agentOf(StepRole.Implementer),
            Role = "implementer",
            Prompt = $"Reach the goal below by changing the repository. Follow the plan in {PlanReport} unless it is wrong, and say where you left it.\n\nGoal: {goal}",
            TimeoutSec = 300,
            InputArtifacts = [PlanReport],
            AllowedTools = Tools(StepRole.Implementer, toolsOf),
        },
        new()
        {
            StepId = "03_review",
            Agent = agentOf(StepRole.Reviewer),
            Role = "reviewer",
            Prompt = $"Review the patch in {ImplementPatch} against the goal below and the plan. Name each defect with file and line, then say whether the goal is reached. Change nothing.\n\nGoal: {goal}",
            TimeoutSec = 180,
            InputArtifacts = [PlanReport, ImplementReport, ImplementPatch],
            AllowedTools = Tools(StepRole.Reviewer, toolsOf),
        },
    ];

    // Nobody asked for these tools by name, so what the operator does not allow is left out instead of refused.
    private static string[] Tools(StepRole role, Func<StepRole, IReadOnlyList<string>> toolsOf) =>
        [.. KnownTools.DefaultOf(role).Where(tool => toolsOf(role).Contains(tool, StringComparer.Ordinal))];
}
