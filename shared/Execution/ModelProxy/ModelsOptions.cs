using System.ComponentModel.DataAnnotations;
using Orchestrator.Agents;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>Where models are and which secret opens them.</summary>
public sealed class ModelsOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Models";

    /// <summary>Anthropic messages.</summary>
    public ModelUpstream Anthropic { get; set; } = new() { BaseUrl = new("https://api.anthropic.com"), Secret = "anthropic_api_key" };

    /// <summary>OpenAI responses and chat completions.</summary>
    public ModelUpstream OpenAi { get; set; } = new() { BaseUrl = new("https://api.openai.com"), Secret = "openai_api_key" };

    /// <summary>Folder of the secret files; null is ORCHESTRATOR_SECRETS, else <c>/run/secrets/orchestrator</c>.</summary>
    public string? SecretsFolder { get; set; }

    /// <summary>Longest silence of an upstream within one request.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Silence { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The upstream of a model API.</summary>
    public ModelUpstream Of(ModelApi api) => api == ModelApi.Anthropic ? Anthropic : OpenAi;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Complaints(nameof(Anthropic), Anthropic).Concat(Complaints(nameof(OpenAi), OpenAi)).Select(complaint => new ValidationResult(complaint));

    private static IEnumerable<string> Complaints(string name, ModelUpstream upstream)
    {
        if (upstream.BaseUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", UserInfo: "" })
            yield return $"{Section}:{name}:{nameof(ModelUpstream.BaseUrl)} must be an http or https address without user and query, and without /v1.";
        if (upstream.Secret is { } secret && (secret.Length == 0 || secret.Contains('/', StringComparison.Ordinal) || secret.StartsWith('.')))
            yield return $"{Section}:{name}:{nameof(ModelUpstream.Secret)} must be the plain name of a file in the secrets folder.";
    }
}

/// <summary>One upstream.</summary>
public sealed class ModelUpstream
{
    /// <summary>Address without <c>/v1</c>.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>Name of the secret file with the key; null sends none, for a local model.</summary>
    public string? Secret { get; set; }
}
