using DotNet.Testcontainers.Containers;

namespace Orchestrator.TestServers.Processes;

/// <summary>What all containers of tests have in common.</summary>
internal static class ContainerLife
{
    /// <summary>Label that names the run, so that <c>./test</c> can remove what a killed test process left.</summary>
    public const string RunLabel = "orchestrator.test-run";

    /// <summary>The run.</summary>
    public static string Run { get; } = ServerSource.Address("ORCH_TEST_RUN") ?? "by-hand";

    /// <summary>Removes the container with the process that started it.</summary>
    public static void RemoveAtExit(this IContainer container) =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => container.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
}
