using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Projects;

namespace Orchestrator.Validation.Jobs;

/// <summary>Fields that are right and that nothing acts on in this job: each is a notice, so that nobody counts on it in silence.</summary>
internal static class UnusedFields
{
    public static void Note(JobDocument job, ProjectDocument? project, List<string> notices)
    {
        if (job.ArtifactHandoff != ArtifactHandoff.Manual && job.Steps.Any(step => step.InputArtifacts.Count > 0))
            notices.Add($"steps: input_artifacts are read under artifact_handoff manual only; {(job.ArtifactHandoff == ArtifactHandoff.PatchFirst ? "patch_first gives a step the patch before it" : "workspace_first gives a step the work tree")} and nothing else.");
        if (project?.Setup is { Count: > 0 })
            notices.Add("project.setup: it is not run here; what the steps need must be in the runner's image or in cache_mounts.");
        if (project?.Toolchain is not null)
            notices.Add("project.toolchain: there is one class of runners here, which takes every job.");
        if (project?.Delivery is { Count: > 0 })
            notices.Add("project.delivery: results are fetched or sent to callback_url; nothing else is done with them here.");
    }
}
