using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>Which earlier work and artifacts a launch starts from (CONTRACTS, artifact_handoff).</summary>
public static class Lineage
{
    /// <summary>
    /// Work to merge, in listed order. With <c>depends_on</c>: the parents' work. Without: what <c>apply_patches_from</c> names (manual),
    /// the previous successful step's work (patch_first), or the shared work tree (workspace_first). A step that is visited again also keeps its own earlier work, except under manual.
    /// </summary>
    public static IReadOnlyList<StepWork> StartOf(PipelineState run, StepProgress step)
    {
        var plan = run.PlanOf(step);
        var graph = run.Plan.Graph();
        var works = new List<StepWork>();
        if (graph.IsExplicit)
            works.AddRange(Parents(run, graph, step).SelectMany(parent => WorkOf(run, parent)));
        else if (run.Plan.Handoff is ArtifactHandoff.PatchFirst or ArtifactHandoff.WorkspaceFirst)
            works.AddRange(Before(run, step).LastOrDefault(earlier => earlier.Phase == StepPhase.Succeeded) is { } previous ? WorkOf(run, previous.Id) : []);
        works.AddRange(plan.Applies.SelectMany(named => WorkOf(run, named)));
        if (step.EarlierWork is { } own && (graph.IsExplicit || run.Plan.Handoff != ArtifactHandoff.Manual))
            works.Add(own);
        return [.. works.DistinctBy(work => work.Commit, StringComparer.Ordinal)];
    }

    /// <summary>Artifacts that the launch may read: those of the steps it names, or under patch_first those of its parents, or of the previous successful step, alone.</summary>
    public static IReadOnlyList<StepArtifacts> ArtifactsFor(PipelineState run, StepProgress step)
    {
        var names = run.Plan.Handoff != ArtifactHandoff.PatchFirst ? run.PlanOf(step).Reads
            : run.Plan.Graph() is { IsExplicit: true } graph ? Parents(run, graph, step)
            : Before(run, step).Where(earlier => earlier.Phase == StepPhase.Succeeded).Select(earlier => earlier.Id).TakeLast(1);
        return [.. names.Distinct(StringComparer.Ordinal)
            .Select(id => run.Progress.Find(id))
            .Where(named => named?.Report is { Files.Count: > 0, IsSealed: false })
            .Select(named => new StepArtifacts(named!.Id, named.Report!.Files))];
    }

    /// <summary>What the launch was to start from and does not: patches of steps that have not succeeded.</summary>
    public static IReadOnlyList<string> NoticesFor(PipelineState run, StepProgress step) =>
        [.. run.PlanOf(step).Applies.Where(named => run.Progress.Find(named) is not { Phase: StepPhase.Succeeded })
            .Select(named => $"apply_patches_from names {named}, which has not succeeded: its patch is not in what this step started from.")];

    /// <summary>Steps whose work no later work holds; the job's patch is that of the one, or the sum where a run without named parents, or one that ended before its join, left several.</summary>
    public static IReadOnlyList<StepProgress> Heads(PipelineState run)
    {
        var made = run.Progress.Steps.FindAll(step => step.Phase == StepPhase.Succeeded && MadeBy(step) is not null);
        var builtOn = made.SelectMany(step => step.StartFrom).Select(work => work.Commit).ToHashSet(StringComparer.Ordinal);
        return [.. made.FindAll(step => !builtOn.Contains(step.Report!.Work!.Commit)).DistinctBy(step => step.Report!.Work!.Commit, StringComparer.Ordinal)];
    }

    /// <summary>A parent that a jump left out has made nothing: in its place stand those whose work it would have handed on.</summary>
    private static IReadOnlyList<string> Parents(PipelineState run, StepGraph graph, StepProgress step) =>
        graph.Parents(step.Id, id => run.Progress.Find(id)!.Phase == StepPhase.Skipped);

    private static IEnumerable<StepProgress> Before(PipelineState run, StepProgress step) =>
        run.Progress.Steps.TakeWhile(earlier => !string.Equals(earlier.Id, step.Id, StringComparison.Ordinal));

    /// <summary>What a step hands on: the work that it made, else what it started from. A tolerated failure hands on nothing of its own.</summary>
    private static IReadOnlyList<StepWork> WorkOf(PipelineState run, string stepId)
    {
        var step = run.Progress.Find(stepId);
        return step is null ? [] : step.Phase == StepPhase.Succeeded && MadeBy(step) is { } made ? [made] : step.StartFrom;
    }

    /// <summary>The commit that came of a step: its change, or the merge (also a resolved one) that it started from and left as it was.</summary>
    private static StepWork? MadeBy(StepProgress step) =>
        step.Report is { Work: { } work } report
        && (report.Changed == true || (work.Bundle is not null && !step.StartFrom.Any(start => string.Equals(start.Commit, work.Commit, StringComparison.Ordinal))))
            ? work
            : null;
}
