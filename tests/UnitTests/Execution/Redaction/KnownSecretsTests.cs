using AwesomeAssertions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Execution.Redaction;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class KnownSecretsTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Files_of_the_secrets_folders_are_known_and_public_keys_are_not()
    {
        using var models = new TempFolder();
        File.WriteAllText(models.Join("anthropic_api_key"), "sk-ant-in-another-folder\n");
        Directory.CreateDirectory(folder.Join("repositories"));
        Write("github", "\ufeff ghp_4711471147114711 \r\n");
        Write("repositories/gitlab", "bot:glpat-47114711");
        Write("known_hosts", "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5");
        Write("..data", "hidden-hidden");
        Write("Messaging__Username", "orchestra-of-the-team");
        Write("Messaging__Password", "drum-and-bass-4711");
        Write("large", new string('x', 65_537));
        File.WriteAllBytes(folder.Join("keystore"), [.. Enumerable.Range(0, 200).Select(value => (byte)value)]);

        var secrets = TestSecrets.From(new SecretsFolder(folder.Path), time, models: models.Path);

        secrets.Clean("sk-ant-in-another-folder, ghp_4711471147114711, glpat-47114711, drum-and-bass-4711.").Should().Be("[redacted], [redacted], [redacted], [redacted].");
        const string open = "AAAAC3NzaC1lZDI1NTE5, hidden-hidden, orchestra-of-the-team, xxxxxxxxxxxxxxxx.";
        secrets.Clean(open).Should().Be(open);
        secrets.Clean(Convert.ToBase64String(File.ReadAllBytes(folder.Join("keystore"))) + "\n").Should().MatchRegex(@"^(\[redacted\])+\n$");
        secrets.Unmaskable.Should().BeEmpty();
    }

    [Fact]
    public void Secrets_of_settings_are_known_and_other_settings_are_not()
    {
        var secrets = From(
            ("ConnectionStrings:Postgres", "Host=database-host;Username=orchestrator;Password=pg-4711-4711;Database=orchestrator-state"),
            ("ConnectionStrings:RabbitMq", "amqp://orchestrator:mq-4711%404711@rabbitmq-host:5672/orchestrator-vhost"),
            ("Messaging:Password", "mq-0815-0815"),
            ("Artifacts:SecretKey", "s3-4711-4711"),
            ("Gateway:AdminToken", "orch_admin_47114711"),
            ("Agents:Commands:lint:Environment:LINT_TOKEN", "lint-4711-4711"),
            ("Agents:Commands:lint:Environment:LINT_MODE", "everything-at-once"),
            ("GITHUB_TOKEN", "ghp_08150815"),
            ("HTTPS_PROXY", "http://me:px-4711-4711@proxy-host:3128"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector-host:43174317"),
            ("Models:Anthropic:Secret", "anthropic_api_key_file"));

        foreach (var secret in (string[])["pg-4711-4711", "mq-4711@4711", "mq-0815-0815", "s3-4711-4711", "orch_admin_47114711", "lint-4711-4711", "ghp_08150815", "px-4711-4711"])
            secrets.Clean($"it is {secret}.").Should().Be("it is [redacted].");
        const string open = "database-host, orchestrator-state, rabbitmq-host, orchestrator-vhost, everything-at-once, proxy-host, collector-host:43174317, anthropic_api_key_file.";
        secrets.Clean(open).Should().Be(open);
    }

    [Fact]
    public void The_token_in_a_file_of_its_own_is_known()
    {
        Write("admin", "orch_admin_47114711\n");

        var secrets = TestSecrets.From(new SecretsFolder("/nowhere"), time, new Dictionary<string, string?> { ["Gateway:AdminTokenFile"] = folder.Join("admin") });

        secrets.Clean("orch_admin_47114711").Should().Be("[redacted]");
    }

    [Fact]
    public void A_secret_that_changes_is_known_within_seconds_and_the_former_one_for_ever()
    {
        Write("github", "ghp_4711471147114711");
        var secrets = TestSecrets.From(new SecretsFolder(folder.Path), time);
        var stream = secrets.NewForText();

        Write("github", "ghp_0815081508150815");
        stream.Write("ghp_0815081508150815\n").ToString().Should().Be("ghp_0815081508150815\n", "nobody has looked yet");
        time.Advance(TimeSpan.FromSeconds(2));
        stream.Write("ghp_0815081508150815 ghp_4711471147114711\n").ToString().Should().Be("[redacted] [redacted]\n");
        File.Delete(folder.Join("github"));
        time.Advance(TimeSpan.FromSeconds(2));
        stream.Write("ghp_0815081508150815 ghp_4711471147114711\n").ToString().Should().Be("[redacted] [redacted]\n");
    }

    [Theory]
    [InlineData("1234567")]
    [InlineData("password")]
    [InlineData("ChangeMe123")]
    [InlineData("guest:guest")]
    [InlineData("your-api-key-here")]
    [InlineData("xxxxxxxxxxxx")]
    [InlineData("localhost")]
    public void Short_values_and_common_words_are_never_masked(string value)
    {
        Write("weak", value);

        var secrets = TestSecrets.From(new SecretsFolder(folder.Path), time);

        secrets.Clean($"it says {value} here").Should().Be($"it says {value} here");
        secrets.ForText.Count.Should().Be(0);
        secrets.Unmaskable.Should().Equal("the secret file weak");
    }

    [Fact]
    public void Settings_whose_value_cannot_be_masked_are_named_without_it()
    {
        var secrets = From(("ConnectionStrings:RabbitMq", "amqp://guest:guest@localhost:5672/"), ("Messaging:Password", "s3cr3t"), ("SOME_TOKEN", "abc"), ("Gateway:AdminToken", "orch_admin_47114711"));

        secrets.Unmaskable.Should().Equal("ConnectionStrings:RabbitMq", "Messaging:Password");
        secrets.Clean("guest of localhost: s3cr3t").Should().Be("guest of localhost: s3cr3t");
    }

    public void Dispose() => folder.Dispose();

    private KnownSecrets From(params (string Key, string Value)[] settings) =>
        TestSecrets.From(new SecretsFolder("/nowhere"), time, settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value));

    private void Write(string name, string text) => File.WriteAllText(folder.Join(name), text);
}
