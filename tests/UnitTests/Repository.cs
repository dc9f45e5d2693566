using System.Runtime.CompilerServices;

namespace Orchestrator.UnitTests;

/// <summary>The source tree that these tests were compiled from.</summary>
public static class Repository
{
    private static readonly HashSet<string> Made = ["bin", "obj", ".git", ".cache", ".orch", ".vs", ".idea", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>Every file that a person wrote, relative to the root, with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Below(Root).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    /// <summary>Every project of services/, shared/ and tests/, such as <c>services/Gateway</c>.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => Path.GetDirectoryName(file)!)];

    public static string Compat(string file) => Path.Combine(Root, "tests", "UnitTests", "Contracts", "Compat", file);

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(inner => !Made.Contains(Path.GetFileName(inner))).SelectMany(Below));

    private static string Here([CallerFilePath] string path = "") => path;
}
