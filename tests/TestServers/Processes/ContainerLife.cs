using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace Orchestrator.TestServers.Processes;

/// <summary>What all containers of tests have in common.</summary>
internal static class ContainerLife
{
    /// <summary>Names the run, so that <c>./test</c> can remove what a killed test process left: <c>docker ps --filter label=orchestrator.test-run</c>.</summary>
    public static TBuilder WithRun<TBuilder, TContainer>(this TBuilder builder)
        where TBuilder : IContainerBuilder<TBuilder, TContainer>
        where TContainer : IContainer =>
        builder.WithLabel("orchestrator.test-run", ServerSource.Address("ORCH_TEST_RUN") ?? "by-hand");

    /// <summary>Removes the container with the process that started it.</summary>
    public static void RemoveAtExit(this IContainer container) =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => container.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
}
