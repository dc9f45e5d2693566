using System.Runtime.InteropServices;

namespace Orchestrator.Artifacts.Directory;

/// <summary>link(2); .NET has no call for it.</summary>
internal static partial class HardLink
{
    /// <summary>Whether <paramref name="target"/> now names the same file as <paramref name="source"/>.</summary>
    public static bool TryCreate(string source, string target) => !OperatingSystem.IsWindows() && Link(source, target) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string target);
}
