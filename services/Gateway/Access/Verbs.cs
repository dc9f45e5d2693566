namespace Orchestrator.Gateway.Access;

/// <summary>What a token may do.</summary>
public static class Verbs
{
    public const string Submit = "submit";
    public const string Read = "read";
    public const string Control = "control";
    public const string Repo = "repo";
    public const string Projects = "projects";
    public const string Tokens = "tokens";

    /// <summary>Failed messages.</summary>
    public const string Operate = "operate";

    public static IReadOnlyList<string> All { get; } = [Submit, Read, Control, Repo, Projects, Tokens, Operate];

    /// <summary>What a new token gets when nothing is said.</summary>
    public static IReadOnlyList<string> Default { get; } = [Submit, Read, Control];
}
