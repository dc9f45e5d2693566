using System.Text;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Names that git, here or on another system, takes for its own folder. Git refuses to add them, so they are taken out of a work tree before it looks.</summary>
internal static class ReservedNames
{
    /// <summary>Whether the name (bytes, with a NUL at its end) means <c>.git</c> to git on Linux, Windows (NTFS) or macOS (HFS+).</summary>
    public static bool Contains(ReadOnlySpan<byte> name) =>
        Encoding.UTF8.GetString(name.TrimEnd((byte)0)).Split('\\').Any(IsReserved);

    /// <summary>Whether a link of this name is refused by git: <c>.gitmodules</c> in any spelling.</summary>
    public static bool ContainsForLinks(ReadOnlySpan<byte> name) =>
        Plain(Encoding.UTF8.GetString(name.TrimEnd((byte)0))) is var plain
        && (plain is ".gitmodules" || plain.StartsWith("gitmod~", StringComparison.Ordinal) || plain.StartsWith("gi7eba~", StringComparison.Ordinal));

    private static bool IsReserved(string part) =>
        Plain(part) is var plain && (plain is ".git" || plain.StartsWith("git~", StringComparison.Ordinal) && plain.AsSpan(4).IndexOfAnyExceptInRange('0', '9') < 0);

    private static string Plain(string part)
    {
        var text = new StringBuilder(part.Length);
        foreach (var c in part)
        {
            // NTFS: what follows a colon is a stream of the same file.
            if (c == ':')
                break;
            if (!IsIgnoredByHfs(c))
                text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString().TrimEnd(' ', '.');
    }

    private static bool IsIgnoredByHfs(char c) => c is (>= '\u200c' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u206a' and <= '\u206f') or '\ufeff';
}
