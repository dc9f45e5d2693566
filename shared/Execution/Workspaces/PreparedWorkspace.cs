using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>What a launch needs of a workspace.</summary>
public sealed record WorkspaceRequest
{
    /// <summary>The launch.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>The project; null is an empty workspace.</summary>
    public ProjectDocument? Project { get; init; }

    /// <summary>Ref to start from; null is the project's default branch.</summary>
    public string? BaseRef { get; init; }

    /// <summary>The commit that an earlier step of the run started from; null when this is the first.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>Work to merge onto the base, in order.</summary>
    public IReadOnlyList<StepWork> StartFrom { get; init; } = [];

    /// <summary>How a person ended a conflict of this merge.</summary>
    public MergeResolution? Resolution { get; init; }

    /// <summary>Whether the agent is a program that may want a git repository around it.</summary>
    public bool NeedsRepository { get; init; } = true;
}

/// <summary>The folders of one launch. Everything is below one private folder, which goes when the launch is over.</summary>
public sealed record PreparedWorkspace
{
    /// <summary>The launch.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>The folder that holds all others; the host's alone.</summary>
    public required string Folder { get; init; }

    /// <summary>What the agent works on.</summary>
    public string WorkTree => Path.Join(Folder, "work");

    /// <summary>The agent's private home.</summary>
    public string Home => Path.Join(Folder, "home");

    /// <summary>The agent's temporary files; no parent of the home.</summary>
    public string Temp => Path.Join(Folder, "tmp");

    /// <summary>The host's git directory of this launch; no agent ever sees it.</summary>
    public string GitDirectory => Path.Join(Folder, "git");

    /// <summary>The commit that the run started from.</summary>
    public required string BaseCommit { get; init; }

    /// <summary>The commit that this launch starts from.</summary>
    public required string StartCommit { get; init; }

    /// <summary>The bundle that already carries the start commit, or null.</summary>
    public DocumentReference? StartBundle { get; init; }

    /// <summary>Whether the host's git directory is there; without project and earlier work it is made when there is something to put into it.</summary>
    public bool HasGitDirectory { get; init; }

    /// <summary>The mirror that lends its objects, or null.</summary>
    internal string? MirrorDirectory { get; init; }

    /// <summary>Change time of the newest file of the checkout, nanoseconds since 1970.</summary>
    internal long CheckedOutAt { get; init; }
}

/// <summary>What a launch left.</summary>
/// <param name="Work">The work as transport.</param>
/// <param name="Changed">Whether this launch changed anything.</param>
/// <param name="Files"><c>patch.diff</c> (start to end), <c>cumulative.diff</c> (base to end) and, with work to carry, <c>.work.bundle</c>.</param>
/// <param name="Notices">What was left out, for people.</param>
public sealed record CollectedWork(StepWork Work, bool Changed, IReadOnlyDictionary<string, DocumentReference> Files, IReadOnlyList<string> Notices);
