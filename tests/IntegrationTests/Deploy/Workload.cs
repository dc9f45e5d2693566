using k8s;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>Anything that makes pods.</summary>
internal sealed record Workload(IKubernetesObject<V1ObjectMeta> Owner, V1PodTemplateSpec Template, IDictionary<string, string>? Selector)
{
    public V1PodSpec Pod => Template.Spec;

    /// <summary>Those that run before (also native sidecars) and those that run.</summary>
    public IEnumerable<V1Container> Containers => (Pod.InitContainers ?? []).Concat(Pod.Containers);

    public IEnumerable<V1PersistentVolumeClaim> ClaimTemplates => (Owner as V1StatefulSet)?.Spec.VolumeClaimTemplates ?? [];

    public static IEnumerable<Workload> Of(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects) =>
        objects.Select(item => item switch
        {
            V1Deployment deployment => new Workload(item, deployment.Spec.Template, deployment.Spec.Selector.MatchLabels),
            V1StatefulSet set => new Workload(item, set.Spec.Template, set.Spec.Selector.MatchLabels),
            V1DaemonSet set => new Workload(item, set.Spec.Template, set.Spec.Selector.MatchLabels),
            V1Job job => new Workload(item, job.Spec.Template, null),
            V1CronJob cron => new Workload(item, cron.Spec.JobTemplate.Spec.Template, null),
            _ => null,
        }).OfType<Workload>();

    public bool Selects(IDictionary<string, string> selector) =>
        selector.All(label => Template.Metadata?.Labels?.TryGetValue(label.Key, out var value) == true && value == label.Value);
}
