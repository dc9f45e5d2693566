using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Projects;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Validation.Jobs;

/// <summary>The one way from a body to an <see cref="AcceptedJob"/>, for every door.</summary>
public sealed class JobAcceptance(IProjectCatalog projects, IOptions<PolicyOptions> policy, TimeProvider clock)
{
    /// <summary>The largest body that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private readonly OperatorPolicy _operators = new(policy.Value);

    /// <summary>Checks and normalises the bytes of a body.</summary>
    public async ValueTask<AcceptanceResult> AcceptAsync(ReadOnlyMemory<byte> body, DoorContext door)
    {
        var problems = new ProblemList();
        using var document = BodyParser.Parse(body, problems);
        return document is null ? AcceptanceResult.Refuse(problems.Problems) : await AcceptAsync(document.RootElement, door);
    }

    /// <summary>Checks and normalises a body that is parsed already; the caller may dispose of its document afterwards.</summary>
    public async ValueTask<AcceptanceResult> AcceptAsync(JsonElement body, DoorContext door)
    {
        var problems = new ProblemList();
        if (JobReader.Read(body, door.AcceptsCamelCase, _operators.Options.MaxSteps, problems) is not { } asked)
            return AcceptanceResult.Refuse(problems.Problems);
        var project = await FindProjectAsync(asked.Job.ProjectId ?? door.DefaultProjectId, door, problems);
        JobFieldRules.Check(asked.Job, hasProject: project is not null || !problems.IsEmpty, door, problems);
        var accepted = Decide(asked, project, door, problems);
        return problems.IsEmpty ? AcceptanceResult.Accept(accepted) : AcceptanceResult.Refuse(problems.Problems);
    }

    private AcceptedJob Decide(JobReader.Asked asked, ProjectDocument? project, DoorContext door, ProblemList problems)
    {
        var notices = new List<string>();
        var effective = EffectivePolicy.Of(_operators, project, asked.Job.Policy, problems, notices);
        var limits = EffectivePolicy.Tighter(_operators.Budget, project?.Budget);
        var budget = EffectivePolicy.Tighter(limits, asked.Job.Budget);
        if (asked.Job.Budget is not null && budget != asked.Job.Budget && (asked.Job.Budget.MaxCostUsd > budget!.MaxCostUsd || asked.Job.Budget.MaxApiCalls > budget.MaxApiCalls))
            notices.Add("budget: more was asked for than a job may use here, so it is the limit that holds here.");
        UnusedFields.Note(asked.Job, project, notices);
        var isDefault = asked.Job.Steps.Count == 0;
        var steps = isDefault
            ? DefaultPipeline.Of(asked.Job.Goal, role => AgentOf(role, project), role => _operators.ToolsOf(role))
            : asked.Job.Steps;
        GraphRules.Check(steps, "$.steps", problems);
        var decisions = new StepDecisions(_operators, effective, budget, asked.UsesNewFields, problems);
        var accepted = steps.Select((step, i) => decisions.Decide(step, JsonPath.Item("$.steps", i), isDefault ? "$.steps" : $"{JsonPath.Item("$.steps", i)}.agent")).ToArray();
        if (problems.IsEmpty && JoinStep.For(steps, accepted) is { } join)
            (steps, accepted) = ([.. steps, join], [.. accepted, JoinStep.Decision(join)]);
        return new AcceptedJob
        {
            Job = JobNormalizer.Normalize(asked, steps, effective, budget, project, door, notices, clock.GetUtcNow()),
            Project = project,
            Steps = accepted,
            Notices = notices,
            Actor = door.Actor,
            TraceParent = JobNormalizer.TraceParent(door.TraceParent),
        };
    }

    private string AgentOf(StepRole role, ProjectDocument? project) =>
        project?.DefaultAgents?.GetValueOrDefault(role.ToString().ToLowerInvariant()) ?? _operators.DefaultAgentOf(role);

    // Permission comes before existence: a scoped sender learns nothing about other projects.
    private async ValueTask<ProjectDocument?> FindProjectAsync(string? id, DoorContext door, ProblemList problems)
    {
        const string path = "$.project_id";
        if (door.AllowedProjects is { } allowed && (id is null || !allowed.Contains(id, StringComparer.Ordinal)))
        {
            problems.Add(path, ProblemCodes.ProjectNotAllowed, id is null ? "The sender may only start jobs of certain projects, and the job names none." : $"The sender may not use the project {JsonPath.Shown(id)}.",
                "Set project_id to a project that the token, schedule or broker user may use, or ask the operator to extend it.");
            return null;
        }

        if (id is null)
        {
            if (!_operators.Options.AllowNoProject)
                problems.Add(path, ProblemCodes.ProjectRequired, "Jobs without a project are refused here.", "Set project_id to a configured project.");
            return null;
        }

        var project = await projects.FindAsync(id);
        if (project is not null && string.Equals(project.Id, id, StringComparison.Ordinal))
            return project;
        problems.Add(path, ProblemCodes.UnknownProject, $"There is no project {JsonPath.Shown(id)}.", "Ids are compared exactly; 'orch projects' and GET /v1/projects list them.");
        return null;
    }
}
