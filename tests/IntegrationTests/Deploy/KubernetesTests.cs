using AwesomeAssertions;

namespace Orchestrator.IntegrationTests.Deploy;

public sealed class KubernetesTests
{
    private static readonly Lazy<Task<string>> Dev = new(() => Manifests.RenderAsync("k8s/overlays/dev"));

    [Fact]
    public async Task The_dev_overlay_loads_strictly_and_keeps_our_rules()
    {
        var objects = Manifests.LoadStrictly(await Dev.Value);

        ManifestRules.Check(objects).Should().BeEmpty();
        objects.Should().HaveCountGreaterThan(15);
    }

    /// <summary>Ten typical faults, planted one by one into the rendered overlay: each must be caught, by strict loading or by a rule.</summary>
    [Theory]
    [InlineData("an unknown field", "readinessProbe:", "redinessProbe:")]
    [InlineData("a wrong type", "replicas: 1", "replicas: one")]
    [InlineData("a removed version", "apiVersion: apps/v1", "apiVersion: extensions/v1beta1")]
    [InlineData("an unknown policy", "restartPolicy: OnFailure", "restartPolicy: Sometimes")]
    [InlineData("a selector that misses its pods", "matchLabels:\n      app.kubernetes.io/name: gateway", "matchLabels:\n      app.kubernetes.io/name: gatway")]
    [InlineData("a mount without a volume", "mountPath: /tmp\n          name: tmp", "mountPath: /tmp\n          name: temp")]
    [InlineData("a request over its limit", "requests:\n            cpu: 100m", "requests:\n            cpu: \"8\"")]
    [InlineData("a privileged container", "allowPrivilegeEscalation: false", "privileged: true")]
    [InlineData("a port out of range", "containerPort: 8080", "containerPort: 80800")]
    [InlineData("a secret that does not exist", "secretName: orchestrator-connections-", "secretName: orchestrator-conections-")]
    [InlineData("a probe of a path that is not served", "path: /health/ready", "path: /healthz")]
    [InlineData("a config map that does not exist", "configMapRef:\n            name: orchestrator-settings-", "configMapRef:\n            name: settings-")]
    public async Task A_planted_fault_is_caught(string fault, string right, string wrong)
    {
        var yaml = await Dev.Value;
        var at = yaml.IndexOf(right, StringComparison.Ordinal);
        at.Should().BePositive($"the overlay must hold what '{fault}' breaks");
        var broken = string.Concat(yaml.AsSpan(0, at), wrong, yaml.AsSpan(at + right.Length));

        Findings(broken).Should().NotBeEmpty(fault);
    }

    private static IReadOnlyList<string> Findings(string yaml)
    {
        try
        {
            return ManifestRules.Check(Manifests.LoadStrictly(yaml));
        }
        catch (Exception exception)
        {
            return [exception.Message];
        }
    }
}
