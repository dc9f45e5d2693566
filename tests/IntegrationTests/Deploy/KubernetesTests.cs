using AwesomeAssertions;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

[Trait("Category", "Serverless")]
public sealed class KubernetesTests
{
    private static readonly Lazy<Task<string>> Dev = new(() => Manifests.RenderAsync("k8s/overlays/dev"));

    [Fact]
    public async Task The_dev_overlay_loads_strictly_and_keeps_our_rules()
    {
        var objects = Manifests.LoadStrictly(await Dev.Value);

        ManifestRules.Check(objects).Should().BeEmpty();
        objects.OfType<V1Deployment>().Select(deployment => deployment.Metadata.Name).Should()
            .BeEquivalentTo("gateway", "pipeline", "scheduler", "budget", "planner-runner", "implementer-runner", "reviewer-runner");
        objects.OfType<V1Namespace>().Single().Metadata.Labels["pod-security.kubernetes.io/enforce"].Should().Be("restricted");
    }

    [Fact]
    public async Task The_sandbox_component_gives_the_profile_to_every_runner_and_to_nobody_else()
    {
        var yaml = await Manifests.RenderAsync("""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: [overlays/dev]
            components: [components/sandbox]
            """, "k8s");

        var objects = Manifests.LoadStrictly(yaml);
        ManifestRules.Check(objects).Should().BeEmpty();
        foreach (var deployment in objects.OfType<V1Deployment>())
        {
            deployment.Spec.Template.Spec.SecurityContext.SeccompProfile.LocalhostProfile.Should()
                .Be(deployment.Metadata.Name.EndsWith("-runner", StringComparison.Ordinal) ? "orchestrator-runner.json" : null, deployment.Metadata.Name);
        }
    }

    /// <summary>Typical faults, planted one by one into the rendered overlay: each must be caught, by strict loading or by a rule, and for what it is.</summary>
    [Theory]
    [InlineData("an unknown field", "readinessProbe:", "redinessProbe:", "redinessProbe")]
    [InlineData("a wrong type", "replicas: 1", "replicas: one", "'one' was not in a correct format")]
    [InlineData("a removed version", "apiVersion: apps/v1", "apiVersion: extensions/v1beta1", "extensions/v1beta1")]
    [InlineData("an unknown policy", "restartPolicy: OnFailure", "restartPolicy: Sometimes", "restart policy 'Sometimes'")]
    [InlineData("an unknown access mode", "- ReadWriteOnce", "- ReadWriteTwice", "no access mode")]
    [InlineData("a selector that misses its pods", "matchLabels:\n      app.kubernetes.io/name: gateway", "matchLabels:\n      app.kubernetes.io/name: gatway", "selector does not match")]
    [InlineData("a mount without a volume", "mountPath: /tmp\n          name: tmp", "mountPath: /tmp\n          name: temp", "mounts temp")]
    [InlineData("a request over its limit", "requests:\n            cpu: 100m", "requests:\n            cpu: \"8\"", "more cpu than its limit")]
    [InlineData("a container without limits", "limits:\n            cpu: \"1\"\n            memory: 512Mi", "limits:\n            cpu: \"1\"", "no request or limit of memory")]
    [InlineData("a privileged container", "allowPrivilegeEscalation: false", "privileged: true", "is privileged")]
    [InlineData("a pod as root", "runAsUser: 1654", "runAsUser: 0", "runs as user 0")]
    [InlineData("a pod that may be root", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root")]
    [InlineData("an unconfined pod", "type: RuntimeDefault", "type: Unconfined", "no seccomp profile")]
    [InlineData("an added capability", "capabilities:\n            drop:", "capabilities:\n            add:\n            - SYS_ADMIN\n            drop:", "SYS_ADMIN")]
    [InlineData("a volume that is opened at each start", "fsGroupChangePolicy: OnRootMismatch", "fsGroupChangePolicy: Always", "to the group at each start")]
    [InlineData("a folder of the host", "- emptyDir:\n          sizeLimit: 1Gi", "- hostPath:\n          path: /var", "'restricted' refuses")]
    [InlineData("a port of the host", "- containerPort: 8080", "- containerPort: 8080\n          hostPort: 8080", "takes port 8080 of the host")]
    [InlineData("a port out of range", "containerPort: 8080", "containerPort: 80800", "has port 80800")]
    [InlineData("a service of a port that is not there", "targetPort: http", "targetPort: htpp", "sends to port htpp")]
    [InlineData("a probe of a path that is not served", "path: /health/ready", "path: /healthz", "probed at /healthz")]
    [InlineData("a probe of a port that is not there", "path: /health/live\n            port: http", "path: /health/live\n            port: web", "probed at port web")]
    [InlineData("a secret that does not exist", "secretName: orchestrator-connections-", "secretName: orchestrator-conections-", "secret orchestrator-conections-")]
    [InlineData("a config map that does not exist", "configMapRef:\n            name: orchestrator-settings-", "configMapRef:\n            name: settings-", "config map settings-")]
    [InlineData("a claim that does not exist", "claimName: artifacts", "claimName: artefacts", "claim artefacts")]
    [InlineData("a key that its secret does not hold", "value: /run/secrets/postgres/password", "value: /run/secrets/postgres/pass", "reads pass,")]
    [InlineData("a service that nobody made", "name: postgres\n  namespace: orchestrator-dev\nspec:\n  ports:", "name: postgresql\n  namespace: orchestrator-dev\nspec:\n  ports:", "no service postgres listens on port 5432")]
    [InlineData("a service on another port", "port: 5672", "port: 5671", "no service rabbitmq listens on port 5672")]
    [InlineData("a job of no version", "name: migrate-dev\n", "name: migrate\n", "does not end with -dev")]
    [InlineData("a job of another version", "image: localhost/orchestrator/pipeline:dev\n        name: pipeline\n", "image: localhost/orchestrator/pipeline:1.3\n        name: pipeline\n", "does not end with -1.3")]
    [InlineData("a job whose settings are part of it", "secretName: orchestrator-migration", "secretName: orchestrator-migration-g476fk7984", "whose name changes")]
    [InlineData("a job that stays", "  ttlSecondsAfterFinished: 600\n", "", "stays for ever")]
    [InlineData("a name that is none", "name: gateway\n  namespace: orchestrator-dev\nspec:\n  replicas", "name: Gate_way\n  namespace: orchestrator-dev\nspec:\n  replicas", "not a DNS label")]
    [InlineData("one name for two objects", "name: gateway\n  namespace: orchestrator-dev\nspec:\n  replicas", "name: budget\n  namespace: orchestrator-dev\nspec:\n  replicas", "there are 2")]
    public async Task A_planted_fault_is_caught(string fault, string right, string wrong, string finding)
    {
        var yaml = await Dev.Value;
        var at = yaml.IndexOf(right, StringComparison.Ordinal);
        at.Should().BePositive($"the overlay must hold what '{fault}' breaks");
        var broken = string.Concat(yaml.AsSpan(0, at), wrong, yaml.AsSpan(at + right.Length));

        Findings(broken).Should().Contain(found => found.Contains(finding, StringComparison.Ordinal), fault);
    }

    /// <summary>The overlay has no such object, so a right one is added first.</summary>
    [Theory]
    [InlineData("15 3 * * *", true)]
    [InlineData("*/5 0-6,22 1 JAN-mar MON", true)]
    [InlineData("@daily", true)]
    [InlineData("99 3 * * *", false)]
    [InlineData("* * * * * *", false)]
    [InlineData("0 0 31-1 * *", false)]
    [InlineData("*/0 * * * *", false)]
    [InlineData("@reboot", false)]
    public async Task A_schedule_is_right_or_a_finding(string schedule, bool right)
    {
        var yaml = $"""
            {await Dev.Value}
            ---
            apiVersion: batch/v1
            kind: CronJob
            metadata:
              name: nightly
              namespace: orchestrator-dev
            spec:
              schedule: "{schedule}"
              jobTemplate:
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      containers: []
            """;

        Findings(yaml).Any(found => found.Contains("no five-field schedule", StringComparison.Ordinal)).Should().Be(!right);
        Findings(yaml).Should().NotContain(found => found.Contains("Exception", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Findings(string yaml)
    {
        try
        {
            return ManifestRules.Check(Manifests.LoadStrictly(yaml));
        }
        catch (Exception exception)
        {
            return [exception.ToString()];
        }
    }
}
