using System.Text;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>Whatever a manifest names exists: volumes, claims, secrets and config maps with their keys, services with their ports.</summary>
internal static partial class ReferenceRules
{
    public static IEnumerable<string> Check(Workload workload, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var pod = workload.Pod;
        if (pod.ServiceAccountName is { } account && account != "default" && !Exists<V1ServiceAccount>(objects, account))
            yield return $"service account {account} does not exist.";
        foreach (var secret in (pod.ImagePullSecrets ?? []).Where(secret => !Exists<V1Secret>(objects, secret.Name)))
            yield return $"secret {secret.Name} does not exist.";
        foreach (var volume in pod.Volumes ?? [])
        {
            if (volume.PersistentVolumeClaim is { } claim && !Exists<V1PersistentVolumeClaim>(objects, claim.ClaimName))
                yield return $"claim {claim.ClaimName} does not exist.";
            foreach (var (kind, name) in FilesOf(volume).Where(source => KeysOf(objects, source) is null))
                yield return $"{kind} {name} does not exist.";
        }

        foreach (var container in workload.Containers)
        {
            foreach (var finding in CheckEnvironment(container, objects).Concat(CheckMounts(container, workload, objects)))
                yield return $"{container.Name} {finding}";
        }
    }

    /// <summary>Broker and database that connection strings name are services here, on the port that is meant.</summary>
    public static IEnumerable<string> CheckAddresses(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        foreach (var item in objects.Where(item => item is V1Secret or V1ConfigMap))
        {
            foreach (var text in Data(item).Values)
            {
                foreach (var (host, port) in Amqp().Matches(text).Select(match => (match.Groups[1].Value, 5672)).Concat(Host().Matches(text).Select(match => (match.Groups[1].Value, 5432))))
                {
                    if (!objects.OfType<V1Service>().Any(service => service.Metadata.Name == host && service.Spec.Ports.Any(open => open.Port == port)))
                        yield return $"{item.Kind} {item.Metadata.Name}: no service {host} listens on port {port}.";
                }
            }
        }
    }

    private static IEnumerable<string> CheckEnvironment(V1Container container, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        foreach (var source in container.EnvFrom ?? [])
        {
            if (source.ConfigMapRef is { } map && !Exists<V1ConfigMap>(objects, map.Name))
                yield return $"reads config map {map.Name}, which does not exist.";
            if (source.SecretRef is { } secret && !Exists<V1Secret>(objects, secret.Name))
                yield return $"reads secret {secret.Name}, which does not exist.";
        }

        foreach (var value in (container.Env ?? []).Select(variable => variable.ValueFrom).OfType<V1EnvVarSource>())
        {
            if (value.SecretKeyRef is { } secret && KeysOf(objects, ("secret", secret.Name))?.Contains(secret.Key) != true)
                yield return $"reads {secret.Key} of secret {secret.Name}, which does not exist.";
            if (value.ConfigMapKeyRef is { } map && KeysOf(objects, ("config map", map.Name))?.Contains(map.Key) != true)
                yield return $"reads {map.Key} of config map {map.Name}, which does not exist.";
        }
    }

    private static IEnumerable<string> CheckMounts(V1Container container, Workload workload, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        foreach (var mount in container.VolumeMounts ?? [])
        {
            var volume = workload.Pod.Volumes?.FirstOrDefault(volume => volume.Name == mount.Name);
            if (volume is null && workload.ClaimTemplates.All(claim => claim.Metadata.Name != mount.Name))
                yield return $"mounts {mount.Name}, which is no volume.";
            if (volume is null || FilesOf(volume).ToList() is not { Count: > 0 } sources)
                continue;
            var keys = sources.SelectMany(source => KeysOf(objects, source) ?? []).ToHashSet(StringComparer.Ordinal);
            var named = (container.Env ?? []).Where(variable => variable.Name.EndsWith("_FILE", StringComparison.Ordinal) && variable.Value?.StartsWith(mount.MountPath + "/", StringComparison.Ordinal) == true)
                .Select(variable => variable.Value[(mount.MountPath.Length + 1)..])
                .Concat(mount.SubPath is { } path ? [path] : Array.Empty<string>());
            foreach (var key in named.Where(key => !keys.Contains(key)))
                yield return $"reads {key}, which volume {mount.Name} does not hold.";
        }
    }

    private static IEnumerable<(string Kind, string Name)> FilesOf(V1Volume volume)
    {
        if (volume.Secret is { Optional: not true } secret)
            yield return ("secret", secret.SecretName);
        if (volume.ConfigMap is { Optional: not true } map)
            yield return ("config map", map.Name);
        foreach (var source in volume.Projected?.Sources ?? [])
        {
            if (source.Secret is { Optional: not true } part)
                yield return ("secret", part.Name);
            if (source.ConfigMap is { Optional: not true } text)
                yield return ("config map", text.Name);
        }
    }

    private static HashSet<string>? KeysOf(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects, (string Kind, string Name) source) =>
        objects.FirstOrDefault(item => item.Metadata.Name == source.Name && (source.Kind == "secret" ? item is V1Secret : item is V1ConfigMap)) is { } found ? [.. Data(found).Keys] : null;

    private static Dictionary<string, string> Data(IKubernetesObject<V1ObjectMeta> item) => item switch
    {
        V1Secret secret => (secret.Data ?? new Dictionary<string, byte[]>()).ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value)),
        V1ConfigMap map => (map.Data ?? new Dictionary<string, string>()).ToDictionary(),
        _ => [],
    };

    private static bool Exists<T>(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects, string name)
        where T : IKubernetesObject<V1ObjectMeta> => objects.OfType<T>().Any(item => item.Metadata.Name == name);

    [GeneratedRegex(@"amqps?://[^@\s]*@([a-z0-9.-]+)")]
    private static partial Regex Amqp();

    [GeneratedRegex(@"\bHost=([a-z0-9.-]+)")]
    private static partial Regex Host();
}
