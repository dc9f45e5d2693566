namespace Orchestrator.Validation.Jobs;

/// <summary>Paths that a step may name: relative, inside the job's artifacts, of a step that exists.</summary>
internal static class ArtifactPathRules
{
    private const string Patch = "patch.diff";

    // What is known before the first step is over and stays so.
    private static readonly string[] JobFiles = ["job.json", "context.json"];

    public static void CheckInput(string value, string stepId, string path, Dictionary<string, int> ids, ProblemList problems)
    {
        if (Segments(value, path, problems) is not { } segments || (segments is [var file] && JobFiles.Contains(file, StringComparer.Ordinal)))
            return;
        if (segments is ["state.json"])
            problems.Add(path, ProblemCodes.InvalidPath, "state.json changes while the steps run, so no step starts from it.", "Name the result of the step that is meant, for example steps/01_plan/result.json.");
        else
            CheckStepFile(segments, value, stepId, path, ids, problems);
    }

    public static void CheckPatch(string value, string stepId, string path, Dictionary<string, int> ids, ProblemList problems)
    {
        if (Segments(value, path, problems) is not { } segments)
            return;
        if (segments is not ["steps", _, Patch])
        {
            problems.Add(path, ProblemCodes.InvalidPath, $"{JsonPath.Shown(value)} is not the patch of a step.", $"Write steps/<step_id>/{Patch}.");
            return;
        }

        CheckStepFile(segments, value, stepId, path, ids, problems);
    }

    private static void CheckStepFile(string[] segments, string value, string stepId, string path, Dictionary<string, int> ids, ProblemList problems)
    {
        if (segments is not ["steps", var step, _, ..])
            problems.Add(path, ProblemCodes.InvalidPath, $"{JsonPath.Shown(value)} is not an artifact of a step.", "Write steps/<step_id>/<file>, for example steps/01_plan/report.md.");
        else if (string.Equals(step, stepId, StringComparison.Ordinal))
            problems.Add(path, ProblemCodes.InvalidPath, "A step cannot start from its own artifacts.", "Name an artifact of an earlier step.");
        else
            GraphRules.CheckStep(step, path, ids, problems);
    }

    private static string[]? Segments(string value, string path, ProblemList problems)
    {
        var segments = value.Split('/');
        if (!segments.Any(IsUnsafe))
            return segments;
        problems.Add(
            path, ProblemCodes.InvalidPath, $"{JsonPath.Shown(value)} is not a path inside the job's artifacts.",
            "Write it relative and with forward slashes, without . and .. and hidden names: steps/01_plan/report.md.");
        return null;
    }

    // A leading dot covers ".", ".." and our own hidden folders of single attempts.
    private static bool IsUnsafe(string segment) =>
        segment.Length == 0 || segment[0] == '.' || segment.Any(character => character is '\\' or ':' || char.IsControl(character));
}
