namespace Orchestrator.Execution.Sandbox;

/// <summary>What of the host a program needs to be seen in the box beside <c>/usr</c>.</summary>
internal static class InstallFolder
{
    /// <summary>The program's own path and its npm tree, or the folder it is in unless that is somebody's home or a whole top-level folder.</summary>
    public static IReadOnlyList<string> Of(string program)
    {
        if (!Path.IsPathFullyQualified(program) || !File.Exists(program))
            return [];
        var real = File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;
        return [.. new[] { Around(program), Around(real) }.Distinct(StringComparer.Ordinal).Where(path => !IsShown(path))];
    }

    private static string Around(string path)
    {
        const string Tree = "/node_modules/";
        var tree = path.IndexOf(Tree, StringComparison.Ordinal);
        if (tree >= 0)
            return path[..(tree + Tree.Length - 1)];
        var folder = Path.GetDirectoryName(path)!;
        // "/x" and "/home/x" hold far more than one program.
        var depth = folder.Count(character => character == '/') + (folder == "/" ? -1 : 0);
        return depth < 2 || (depth == 2 && folder.StartsWith("/home/", StringComparison.Ordinal)) ? path : folder;
    }

    private static bool IsShown(string path) =>
        path.StartsWith("/usr/", StringComparison.Ordinal) || path.StartsWith("/bin/", StringComparison.Ordinal) || path.StartsWith("/sbin/", StringComparison.Ordinal);
}
