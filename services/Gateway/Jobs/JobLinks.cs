namespace Orchestrator.Gateway.Jobs;

/// <summary>Where the parts of a job are, as paths: whoever stands in front of us knows the host.</summary>
internal static class JobLinks
{
    public static string Self(string jobId) => $"/v1/jobs/{jobId}";

    public static string Artifacts(string jobId) => $"{Self(jobId)}/artifacts";

    public static string Artifact(string jobId, string path) => $"{Artifacts(jobId)}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    public static string Logs(string jobId, string stepId) => $"{Self(jobId)}/steps/{stepId}/logs";

    public static Dictionary<string, string> Of(string jobId) => new()
    {
        ["self"] = Self(jobId),
        ["events"] = $"{Self(jobId)}/events",
        ["artifacts"] = Artifacts(jobId),
        ["report"] = Artifact(jobId, "report.md"),
        ["patch"] = Artifact(jobId, "patch.diff"),
        ["logs"] = Artifact(jobId, "logs.txt"),
        ["result"] = Artifact(jobId, "result.json"),
    };
}
