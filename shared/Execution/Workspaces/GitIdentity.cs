namespace Orchestrator.Execution.Workspaces;

/// <summary>Who makes transport commits, and when: always the same, so that the same work gives the same commit on every machine.</summary>
internal static class GitIdentity
{
    public const string Name = "Orchestrator";
    public const string Email = "orchestrator@localhost";

    /// <summary>1 January 2000, seconds since 1970.</summary>
    public const string Seconds = "946684800";

    /// <summary>The variables that git reads.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GIT_AUTHOR_NAME"] = Name,
        ["GIT_AUTHOR_EMAIL"] = Email,
        ["GIT_AUTHOR_DATE"] = $"@{Seconds} +0000",
        ["GIT_COMMITTER_NAME"] = Name,
        ["GIT_COMMITTER_EMAIL"] = Email,
        ["GIT_COMMITTER_DATE"] = $"@{Seconds} +0000",
    };
}
