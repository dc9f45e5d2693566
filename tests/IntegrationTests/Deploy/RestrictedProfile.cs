using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>Pod Security "restricted", field by field: https://kubernetes.io/docs/concepts/security/pod-security-standards/</summary>
internal static class RestrictedProfile
{
    private static readonly string[] SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    ];

    public static IEnumerable<string> Check(V1PodSpec pod)
    {
        if (pod.HostNetwork == true || pod.HostPID == true || pod.HostIPC == true)
            yield return "shares a namespace of the host.";
        foreach (var volume in (pod.Volumes ?? []).Where(volume => !IsAllowed(volume)))
            yield return $"volume {volume.Name} is of a kind that 'restricted' refuses.";
        foreach (var sysctl in (pod.SecurityContext?.Sysctls ?? []).Where(sysctl => !SafeSysctls.Contains(sysctl.Name, StringComparer.Ordinal)))
            yield return $"sets {sysctl.Name}.";
        if (pod.SecurityContext?.RunAsUser == 0)
            yield return "runs as user 0.";
        if (pod.SecurityContext?.WindowsOptions?.HostProcess == true)
            yield return "is a process of the host.";
        foreach (var container in (pod.InitContainers ?? []).Concat(pod.Containers))
        {
            foreach (var finding in Check(container, pod.SecurityContext))
                yield return $"{container.Name} {finding}";
        }
    }

    private static IEnumerable<string> Check(V1Container container, V1PodSecurityContext? pod)
    {
        var own = container.SecurityContext;
        if (own?.Privileged == true)
            yield return "is privileged.";
        if (own?.AllowPrivilegeEscalation != false)
            yield return "may escalate its privileges.";
        if ((own?.RunAsNonRoot ?? pod?.RunAsNonRoot) != true)
            yield return "may run as root: runAsNonRoot is not set.";
        if (own?.RunAsUser == 0)
            yield return "runs as user 0.";
        if ((own?.SeccompProfile ?? pod?.SeccompProfile)?.Type is not ("RuntimeDefault" or "Localhost"))
            yield return "has no seccomp profile that 'restricted' admits.";
        if (own?.Capabilities?.Drop?.Contains("ALL") != true)
            yield return "does not drop all capabilities.";
        foreach (var capability in (own?.Capabilities?.Add ?? []).Where(capability => capability != "NET_BIND_SERVICE"))
            yield return $"adds the capability {capability}.";
        if (own?.ProcMount is not (null or "Default"))
            yield return "has its /proc unmasked.";
        if ((own?.AppArmorProfile ?? pod?.AppArmorProfile)?.Type is not (null or "RuntimeDefault" or "Localhost"))
            yield return "has no AppArmor profile.";
        if ((own?.SeLinuxOptions ?? pod?.SeLinuxOptions) is { } label && (label.User is { Length: > 0 } || label.Role is { Length: > 0 }))
            yield return "has an SELinux user or role.";
        if (own?.WindowsOptions?.HostProcess == true)
            yield return "is a process of the host.";
        foreach (var port in (container.Ports ?? []).Where(port => port.HostPort is > 0))
            yield return $"takes port {port.HostPort} of the host.";
        if (ContainerRules.Probes(container).Any(probe => probe.HttpGet?.Host is { Length: > 0 } || probe.TcpSocket?.Host is { Length: > 0 }))
            yield return "is probed at another host.";
    }

    private static bool IsAllowed(V1Volume volume) =>
        volume.ConfigMap is not null || volume.Csi is not null || volume.DownwardAPI is not null || volume.EmptyDir is not null
        || volume.Ephemeral is not null || volume.PersistentVolumeClaim is not null || volume.Projected is not null || volume.Secret is not null;
}
