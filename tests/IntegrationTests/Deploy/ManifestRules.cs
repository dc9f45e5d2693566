using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>What an API server would refuse, or worse accept, and what strict loading does not see. Each finding is one sentence.</summary>
internal static partial class ManifestRules
{
    public static IReadOnlyList<string> Check(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var findings = new List<string>();
        foreach (var item in objects.Where(item => !NamePattern().IsMatch(item.Metadata.Name) || item.Metadata.Name.Length > 63))
            findings.Add($"{Name(item)}: the name is not a DNS label.");
        foreach (var twice in objects.GroupBy(Name).Where(group => group.Count() > 1))
            findings.Add($"{twice.Key}: there are {twice.Count()} of it.");
        foreach (var workload in Workload.Of(objects))
            findings.AddRange(CheckWorkload(workload, objects).Select(finding => $"{Name(workload.Owner)}: {finding}"));
        foreach (var service in objects.OfType<V1Service>())
            findings.AddRange(CheckService(service, objects).Select(finding => $"{Name(service)}: {finding}"));
        foreach (var claim in objects.OfType<V1PersistentVolumeClaim>())
            findings.AddRange(CheckClaim(claim.Spec).Select(finding => $"{Name(claim)}: {finding}"));
        foreach (var cron in objects.OfType<V1CronJob>().Where(cron => !CronSyntax.IsSchedule(cron.Spec.Schedule)))
            findings.Add($"{Name(cron)}: '{cron.Spec.Schedule}' is no five-field schedule.");
        findings.AddRange(ReferenceRules.CheckAddresses(objects));
        return findings;
    }

    private static IEnumerable<string> CheckWorkload(Workload workload, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        if (workload.Selector is { } selector && (selector.Count == 0 || !workload.Selects(selector)))
            yield return "the selector does not match the labels of its pods.";
        if (workload.Owner is V1Job or V1CronJob && workload.Pod.RestartPolicy is not ("OnFailure" or "Never"))
            yield return $"a job's pods cannot have the restart policy '{workload.Pod.RestartPolicy}'.";
        if (workload.Owner is V1StatefulSet set && !objects.OfType<V1Service>().Any(service => service.Metadata.Name == set.Spec.ServiceName))
            yield return $"service {set.Spec.ServiceName} does not exist.";
        if (workload.Pod.SecurityContext is { FsGroup: not null, FsGroupChangePolicy: not "OnRootMismatch" })
            yield return "opens every file of its volumes to the group at each start: fsGroupChangePolicy is not OnRootMismatch.";
        foreach (var finding in workload.Owner is V1Job job ? JobRules.Check(job) : [])
            yield return finding;
        foreach (var finding in workload.ClaimTemplates.SelectMany(claim => CheckClaim(claim.Spec)))
            yield return finding;
        foreach (var finding in RestrictedProfile.Check(workload.Pod).Concat(ReferenceRules.Check(workload, objects)))
            yield return finding;
        foreach (var container in workload.Containers)
        {
            foreach (var finding in ContainerRules.Check(container))
                yield return $"{container.Name} {finding}";
        }
    }

    private static IEnumerable<string> CheckService(V1Service service, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        if (service.Spec.Type is not (null or "ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
            yield return $"'{service.Spec.Type}' is no type of a service.";
        var workloads = Workload.Of(objects).Where(workload => service.Spec.Selector is { Count: > 0 } selector && workload.Selects(selector)).ToList();
        if (workloads.Count == 0)
            yield return "its selector matches no pod.";
        foreach (var port in service.Spec.Ports)
        {
            if (port.Port is < 1 or > 65535)
                yield return $"has port {port.Port}.";
            if (port.TargetPort?.Value is { } target && !workloads.Any(workload => workload.Containers.Any(container => ContainerRules.HasPort(container, target))))
                yield return $"sends to port {target}, which its pods do not have.";
        }
    }

    private static IEnumerable<string> CheckClaim(V1PersistentVolumeClaimSpec claim)
    {
        foreach (var mode in claim.AccessModes.Where(mode => mode is not ("ReadWriteOnce" or "ReadOnlyMany" or "ReadWriteMany" or "ReadWriteOncePod")))
            yield return $"'{mode}' is no access mode.";
        if (claim.Resources?.Requests?.ContainsKey("storage") != true)
            yield return "asks for no storage.";
    }

    private static string Name(IKubernetesObject<V1ObjectMeta> item) => $"{item.Kind} {item.Metadata.Name}";

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex NamePattern();
}
