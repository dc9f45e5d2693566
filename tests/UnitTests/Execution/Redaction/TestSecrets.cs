using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Redaction;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Known secrets without a machine around them.</summary>
internal static class TestSecrets
{
    public static KnownSecrets None { get; } = Of();

    public static KnownSecrets Of(params string[] values) => From(new SecretsFolder("/nowhere"), TimeProvider.System, values: values);

    public static KnownSecrets From(SecretsFolder folder, TimeProvider time, IReadOnlyDictionary<string, string?>? settings = null, string? models = null, string[]? values = null) => new(
        new SecretSources(folder, Options.Create(new ModelsOptions { SecretsFolder = models }), new ConfigurationBuilder().AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build()),
        Options.Create(new RedactionOptions { Values = values }),
        time,
        NullLogger<KnownSecrets>.Instance);
}
