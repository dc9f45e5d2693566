using System.Text.RegularExpressions;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>A job cannot be changed once it is there: what would change its pods must change its name, or the next apply is refused.</summary>
internal static partial class JobRules
{
    public static IEnumerable<string> Check(V1Job job)
    {
        foreach (var container in job.Spec.Template.Spec.Containers)
        {
            var tag = container.Image.Split(':') is [_, .., { Length: > 0 } last] ? last : "latest";
            if (!job.Metadata.Name.EndsWith($"-{tag}", StringComparison.Ordinal))
                yield return $"{container.Name} runs {container.Image}, and the name of the job does not end with -{tag}.";
        }

        foreach (var name in Sources(job.Spec.Template.Spec).Where(name => Generated().IsMatch(name)))
            yield return $"it reads {name}, whose name changes with its content.";
        if (job.Spec.TtlSecondsAfterFinished is null)
            yield return "it stays for ever when it is done.";
    }

    private static IEnumerable<string> Sources(V1PodSpec pod) =>
        (pod.Volumes ?? []).SelectMany(volume => new[] { volume.Secret?.SecretName, volume.ConfigMap?.Name })
            .Concat(pod.Containers.SelectMany(container => container.EnvFrom ?? []).SelectMany(source => new[] { source.SecretRef?.Name, source.ConfigMapRef?.Name }))
            .Concat(pod.Containers.SelectMany(container => container.Env ?? []).SelectMany(value => new[] { value.ValueFrom?.SecretKeyRef?.Name, value.ValueFrom?.ConfigMapKeyRef?.Name }))
            .OfType<string>();

    // The suffix that kustomize puts behind the names of what it generates.
    [GeneratedRegex("-[a-z0-9]{10}$")]
    private static partial Regex Generated();
}
