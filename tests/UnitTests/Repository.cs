using System.Runtime.CompilerServices;

namespace Orchestrator.UnitTests;

/// <summary>The source tree that these tests were compiled from.</summary>
public static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    public static string Compat(string file) => Path.Combine(Root, "tests", "UnitTests", "Contracts", "Compat", file);

    private static string Here([CallerFilePath] string path = "") => path;
}
