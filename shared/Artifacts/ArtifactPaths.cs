using Orchestrator.Contracts.Steps;

namespace Orchestrator.Artifacts;

/// <summary>Where the files of a job are. What an attempt writes stays in its own folder until its report is accepted; final names are copies of accepted files.</summary>
public static class ArtifactPaths
{
    /// <summary>The normalised job document.</summary>
    public static string Job(string jobId) => $"{jobId}/job.json";

    /// <summary>A file of the job by final name.</summary>
    public static string JobFile(string jobId, string name) => $"{jobId}/{name}";

    /// <summary>A file of a step by final name.</summary>
    public static string StepFile(string jobId, string stepId, string name) => $"{jobId}/steps/{stepId}/{name}";

    /// <summary>Folder of one launch; hidden from listings.</summary>
    public static string Attempt(AttemptKey key) => $"{key.JobId}/.attempts/{key.Run}/{key.StepId}/{key.Visit}.{key.Attempt}.{key.Token}";

    /// <summary>A file of one launch.</summary>
    public static string AttemptFile(AttemptKey key, string name) => $"{Attempt(key)}/{name}";

    /// <summary>The launch's live log.</summary>
    public static string LiveLog(AttemptKey key) => AttemptFile(key, "logs.txt");

    /// <summary>Whether a store takes this path; a caller's path is asked before the store is, which throws.</summary>
    public static bool IsPath(string path) => ArtifactPath.WhyNot(path) is null;

    /// <summary>Whether a path is the system's own (launches, the accepted document, hand-off bundles) and not for listings or downloads: a part of it starts with a dot.</summary>
    public static bool IsHidden(string path) => path.Split('/').Skip(1).Any(part => part.StartsWith('.'));
}
