namespace Orchestrator.Validation.Projects;

/// <summary>The rules of <c>git check-ref-format</c> for a branch, tag or commit, and no leading dash, which git would read as an option.</summary>
internal static class GitRefRules
{
    public const string Form = "Name a branch, a tag or a commit id: main, v1.2, 9fceb02. Expressions such as HEAD~1 are not taken.";

    private const string Forbidden = " ~^:?*[\\";

    public static bool IsRef(string name) =>
        name.Length is > 0 and <= 255
        && name[0] != '-'
        && name != "@"
        && !name.EndsWith('.')
        && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains("@{", StringComparison.Ordinal)
        && !name.Any(character => char.IsControl(character) || Forbidden.Contains(character, StringComparison.Ordinal))
        && name.Split('/').All(part => part.Length > 0 && part[0] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal));
}
