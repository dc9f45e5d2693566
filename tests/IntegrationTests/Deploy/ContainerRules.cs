using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>What a quota demands of a container, and what its ports and probes must be to work.</summary>
internal static partial class ContainerRules
{
    /// <summary>Paths that every service serves; a test asks a running one for each of them.</summary>
    public static IReadOnlyList<string> ServedPaths { get; } = ["/health/startup", "/health/live", "/health/ready"];

    public static IEnumerable<string> Check(V1Container container)
    {
        if (container.ImagePullPolicy is not (null or "Always" or "IfNotPresent" or "Never"))
            yield return $"has the pull policy '{container.ImagePullPolicy}'.";
        foreach (var resource in (string[])["cpu", "memory"])
        {
            var request = container.Resources?.Requests?.TryGetValue(resource, out var r) == true ? r : null;
            var limit = container.Resources?.Limits?.TryGetValue(resource, out var l) == true ? l : null;
            if (request is null || limit is null)
                yield return $"has no request or limit of {resource}.";
            else if (request.ToDecimal() > limit.ToDecimal())
                yield return $"requests more {resource} than its limit.";
        }

        foreach (var port in container.Ports ?? [])
        {
            if (port.ContainerPort is < 1 or > 65535)
                yield return $"has port {port.ContainerPort}.";
            if (port.Name is { } name && (name.Length > 15 || !PortName().IsMatch(name) || container.Ports!.Count(other => other.Name == name) > 1))
                yield return $"has a port called '{name}'.";
            if (port.Protocol is not (null or "TCP" or "UDP" or "SCTP"))
                yield return $"has a port of the protocol '{port.Protocol}'.";
        }

        foreach (var mount in (container.VolumeMounts ?? []).GroupBy(mount => mount.MountPath).Where(group => group.Count() > 1))
            yield return $"mounts {mount.Count()} volumes at {mount.Key}.";
        foreach (var probe in Probes(container))
        {
            if (probe.HttpGet is { } http && !ServedPaths.Contains(http.Path))
                yield return $"is probed at {http.Path}, which no service serves.";
            if ((probe.HttpGet?.Port ?? probe.TcpSocket?.Port)?.Value is { } port && !HasPort(container, port))
                yield return $"is probed at port {port}, which it does not have.";
            if (new object?[] { probe.HttpGet, probe.TcpSocket, probe.Exec, probe.Grpc }.Count(kind => kind is not null) != 1)
                yield return "has a probe that is not of exactly one kind.";
        }
    }

    public static IEnumerable<V1Probe> Probes(V1Container container) =>
        new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.OfType<V1Probe>();

    public static bool HasPort(V1Container container, string nameOrNumber) =>
        (container.Ports ?? []).Any(port => port.Name == nameOrNumber || port.ContainerPort.ToString(CultureInfo.InvariantCulture) == nameOrNumber);

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex PortName();
}
