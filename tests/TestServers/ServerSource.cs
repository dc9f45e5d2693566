using Orchestrator.TestServers.Processes;

namespace Orchestrator.TestServers;

/// <summary>
/// Where a server comes from, in this order: an address in the environment, a container (only when <c>ORCH_TEST_CONTAINERS=1</c>
/// and an engine has the image), Debian's package started by the fixture. <c>ORCH_TEST_MATRIX=rabbitmq=4,postgres=17</c>
/// names versions that must be used; any other is an error.
/// </summary>
public static class ServerSource
{
    internal static string? Address(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } address ? address : null;

    internal static async Task<bool> ContainerAsync(string image) =>
        Environment.GetEnvironmentVariable("ORCH_TEST_CONTAINERS") == "1"
        && (await Shell.TryAsync("docker", "image", "inspect", image)).Code == 0;

    /// <summary>Writes down what was used, and refuses what the matrix did not ask for.</summary>
    internal static void Note(string server, string version, string source)
    {
        var line = $"{server} {version} ({source})";
        Console.WriteLine($"[test servers] {line}");
        if (Address("ORCH_TEST_SERVERS_LOG") is { } log)
            File.AppendAllText(log, line + "\n");
        if (Refusal(Address("ORCH_TEST_MATRIX") ?? "", server, version) is { } refusal)
            throw new InvalidOperationException($"{refusal} ({source})");
    }

    /// <summary>Why a server of this version may not be used under a matrix; null when it may.</summary>
    public static string? Refusal(string matrix, string server, string version)
    {
        var demanded = matrix.Split(',', StringSplitOptions.TrimEntries)
            .Select(entry => entry.Split('=', 2))
            .FirstOrDefault(entry => entry.Length == 2 && entry[0] == server)?[1];
        return demanded is null || version == demanded || version.StartsWith(demanded + ".", StringComparison.Ordinal)
            ? null
            : $"ORCH_TEST_MATRIX demands {server} {demanded}, but {version} was used.";
    }
}
