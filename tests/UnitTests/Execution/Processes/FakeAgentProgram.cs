using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.UnitTests.Execution.Processes;

/// <summary>The executable that plays an agent, and what can be seen of the processes that it leaves.</summary>
internal static class FakeAgentProgram
{
    public static string Path { get; } = System.IO.Path.Join(AppContext.BaseDirectory, "Orchestrator.FakeAgent");

    /// <summary>Where the runtime is that it needs; a box has to show it.</summary>
    public static string DotnetRoot { get; } = System.IO.Path.GetFullPath(System.IO.Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    public static Dictionary<string, string> Environment { get; } = new()
    {
        ["PATH"] = "/usr/bin:/bin",
        ["DOTNET_ROOT"] = DotnetRoot,
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
    };

    /// <summary>A number of seconds that no other test sleeps, by which its sleepers are found.</summary>
    public static string UniqueSeconds() => $"{Random.Shared.Next(1_000_000, 99_000_000)}";

    /// <summary>Living processes with <c>sleep SECONDS</c> as their command.</summary>
    public static IReadOnlyList<int> Sleepers(string seconds) => [.. Directory.EnumerateDirectories("/proc")
        .Where(folder => int.TryParse(System.IO.Path.GetFileName(folder), out _) && CommandLine(folder) == $"sleep\0{seconds}\0")
        .Select(folder => int.Parse(System.IO.Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture))];

    private static string CommandLine(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(System.IO.Path.Join(folder, "cmdline")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
