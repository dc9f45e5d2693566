using System.Text.RegularExpressions;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Tells a git server that cannot answer now, and a disk that cannot, from one that refuses or has nothing: git has one exit code for all, and words.</summary>
internal static partial class GitOutage
{
    /// <summary>Whether the other end answered that it is broken, or broke off.</summary>
    public static bool IsOfServer(string said) => ServerWords().IsMatch(said);

    /// <summary>Whether the other end was not found or not reached; a wrong address says the same.</summary>
    public static bool IsOfAddress(string said) => AddressWords().IsMatch(said);

    /// <summary>Whether it is this machine's disk.</summary>
    public static bool IsOfDisk(string said) => DiskWords().IsMatch(said);

    // Of curl (https), of ssh, and of git itself for a transfer that broke off.
    [GeneratedRegex(
        @"returned error: (5\d\d|408|429)|HTTP (5\d\d|408|429)|response 5\d\d|HTTP code 5\d\d from proxy|empty reply from server|early EOF|unexpected disconnect|transfer closed with|connection reset|connection closed by|closed by remote host|SSL_ERROR_SYSCALL|non-properly terminated",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ServerWords();

    [GeneratedRegex(
        "could not resolve host|temporary failure in name resolution|failed to connect to|couldn't connect to server|connection refused|connection timed out|operation timed out|network is unreachable|no route to host",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AddressWords();

    [GeneratedRegex("no space left on device|read-only file system|input/output error|disk quota exceeded", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DiskWords();
}
