using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>What an API server would refuse, or worse accept, and what strict loading does not see. Each finding is one sentence.</summary>
internal static partial class ManifestRules
{
    /// <summary>Paths that every service serves.</summary>
    private static readonly string[] ServedPaths = ["/health/startup", "/health/live", "/health/ready"];

    public static IReadOnlyList<string> Check(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var findings = new List<string>();
        foreach (var item in objects.Where(item => !NamePattern().IsMatch(item.Metadata.Name) || item.Metadata.Name.Length > 63))
            findings.Add($"{Name(item)}: the name is not a DNS label.");
        foreach (var (owner, template, selector) in Workloads(objects))
        {
            if (selector is not null && !selector.All(label => template.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value))
                findings.Add($"{Name(owner)}: the selector does not match the labels of its pods.");
            findings.AddRange(CheckPod(owner, template.Spec, objects).Select(finding => $"{Name(owner)}: {finding}"));
        }

        foreach (var service in objects.OfType<V1Service>())
            findings.AddRange(CheckService(service, objects).Select(finding => $"{Name(service)}: {finding}"));
        foreach (var cron in objects.OfType<V1CronJob>().Where(cron => !CronPattern().IsMatch(cron.Spec.Schedule)))
            findings.Add($"{Name(cron)}: '{cron.Spec.Schedule}' is no five-field schedule.");
        return findings;
    }

    private static IEnumerable<(IKubernetesObject<V1ObjectMeta> Owner, V1PodTemplateSpec Template, IDictionary<string, string>? Selector)> Workloads(
        IEnumerable<IKubernetesObject<V1ObjectMeta>> objects)
    {
        foreach (var item in objects)
        {
            switch (item)
            {
                case V1Deployment deployment:
                    yield return (item, deployment.Spec.Template, deployment.Spec.Selector.MatchLabels);
                    break;
                case V1StatefulSet set:
                    yield return (item, set.Spec.Template, set.Spec.Selector.MatchLabels);
                    break;
                case V1Job job:
                    yield return (item, job.Spec.Template, null);
                    break;
                case V1CronJob cron:
                    yield return (item, cron.Spec.JobTemplate.Spec.Template, null);
                    break;
            }
        }
    }

    private static IEnumerable<string> CheckPod(IKubernetesObject<V1ObjectMeta> owner, V1PodSpec pod, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        if (pod.HostNetwork == true || pod.HostPID == true || pod.HostIPC == true)
            yield return "shares a namespace of the host.";
        if (pod.SecurityContext?.RunAsNonRoot != true)
            yield return "runAsNonRoot is not set.";
        if (pod.SecurityContext?.SeccompProfile?.Type is not ("RuntimeDefault" or "Localhost"))
            yield return "no seccomp profile that 'restricted' admits.";
        if (owner is V1Job && pod.RestartPolicy is not ("OnFailure" or "Never"))
            yield return $"a job's pods cannot have the restart policy '{pod.RestartPolicy}'.";

        var templates = owner is V1StatefulSet set ? set.Spec.VolumeClaimTemplates?.Select(claim => claim.Metadata.Name) ?? [] : [];
        var volumes = (pod.Volumes ?? []).Select(volume => volume.Name).Concat(templates).ToHashSet();
        foreach (var volume in pod.Volumes ?? [])
        {
            if (volume.HostPath is not null)
                yield return $"volume {volume.Name} is a folder of the host.";
            foreach (var secret in SecretsOf(volume).Where(secret => !Exists<V1Secret>(objects, secret)))
                yield return $"secret {secret} does not exist.";
            if (volume.ConfigMap is { } map && !Exists<V1ConfigMap>(objects, map.Name))
                yield return $"config map {map.Name} does not exist.";
            if (volume.PersistentVolumeClaim is { } claim && !Exists<V1PersistentVolumeClaim>(objects, claim.ClaimName))
                yield return $"claim {claim.ClaimName} does not exist.";
        }

        foreach (var container in (pod.InitContainers ?? []).Concat(pod.Containers))
        {
            foreach (var finding in CheckContainer(container, volumes, objects))
                yield return $"{container.Name} {finding}";
        }
    }

    private static IEnumerable<string> CheckContainer(V1Container container, HashSet<string> volumes, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var security = container.SecurityContext;
        if (security?.Privileged == true)
            yield return "is privileged.";
        if (security?.AllowPrivilegeEscalation != false)
            yield return "may escalate its privileges.";
        if (security?.Capabilities?.Drop?.Contains("ALL") != true || security.Capabilities.Add?.Count > 0)
            yield return "does not drop all capabilities.";
        foreach (var mount in (container.VolumeMounts ?? []).Where(mount => !volumes.Contains(mount.Name)))
            yield return $"mounts {mount.Name}, which is no volume.";
        foreach (var source in container.EnvFrom ?? [])
        {
            if (source.ConfigMapRef is { } map && !Exists<V1ConfigMap>(objects, map.Name))
                yield return $"reads config map {map.Name}, which does not exist.";
            if (source.SecretRef is { } secret && !Exists<V1Secret>(objects, secret.Name))
                yield return $"reads secret {secret.Name}, which does not exist.";
        }

        foreach (var resource in (string[])["cpu", "memory"])
        {
            var request = container.Resources?.Requests?.TryGetValue(resource, out var r) == true ? r : null;
            var limit = container.Resources?.Limits?.TryGetValue(resource, out var l) == true ? l : null;
            if (request is null || limit is null)
                yield return $"has no request or limit of {resource}.";
            else if (request.ToDecimal() > limit.ToDecimal())
                yield return $"requests more {resource} than its limit.";
        }

        foreach (var port in (container.Ports ?? []).Where(port => port.ContainerPort is < 1 or > 65535))
            yield return $"has port {port.ContainerPort}.";
        foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.Where(probe => probe is not null))
        {
            if (probe!.HttpGet is { } http && !ServedPaths.Contains(http.Path))
                yield return $"is probed at {http.Path}, which no service serves.";
            var named = probe.HttpGet?.Port?.Value ?? probe.TcpSocket?.Port?.Value;
            if (named is not null && !(container.Ports ?? []).Any(port => port.Name == named || port.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == named))
                yield return $"is probed at port {named}, which it does not have.";
        }
    }

    private static IEnumerable<string> CheckService(V1Service service, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        if (service.Spec.Type is not (null or "ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
            yield return $"'{service.Spec.Type}' is no type of a service.";
        var pods = Workloads(objects).Where(workload => service.Spec.Selector?.All(label =>
            workload.Template.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value) == true).ToList();
        if (pods.Count == 0)
            yield return "its selector matches no pod.";
        foreach (var port in service.Spec.Ports)
        {
            if (port.Port is < 1 or > 65535)
                yield return $"has port {port.Port}.";
            if (port.TargetPort?.Value is { } target && !pods.Any(pod => pod.Template.Spec.Containers.Any(container =>
                (container.Ports ?? []).Any(p => p.Name == target || p.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == target))))
                yield return $"sends to port {target}, which its pods do not have.";
        }
    }

    private static IEnumerable<string> SecretsOf(V1Volume volume) =>
        (volume.Secret is { } secret ? [secret.SecretName] : Array.Empty<string>())
        .Concat(volume.Projected?.Sources.Where(source => source.Secret is not null).Select(source => source.Secret.Name) ?? []);

    private static bool Exists<T>(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects, string name)
        where T : IKubernetesObject<V1ObjectMeta> => objects.OfType<T>().Any(item => item.Metadata.Name == name);

    private static string Name(IKubernetesObject<V1ObjectMeta> item) => $"{item.Kind} {item.Metadata.Name}";

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^(@(hourly|daily|weekly|monthly|yearly)|([\d*/,-]+\s+){4}[\d*/,a-zA-Z-]+)$")]
    private static partial Regex CronPattern();
}
