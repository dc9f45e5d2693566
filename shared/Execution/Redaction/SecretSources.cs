using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.Execution.Redaction;

/// <summary>Where the secrets of this process are: files of the secrets folders, and settings.</summary>
public sealed partial class SecretSources(SecretsFolder folder, IOptions<ModelsOptions> models, IConfiguration configuration)
{
    private const int MaxBytes = 64 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lazy<IReadOnlyList<NamedSecret>> _settings = new(() => [.. Settings(configuration)]);

    /// <summary>Reads them now. What cannot be read is left out.</summary>
    public IEnumerable<NamedSecret> Read()
    {
        string[] folders = [folder.Path, Path.Join(folder.Path, "repositories"), models.Value.SecretsFolder ?? folder.Path];
        return _settings.Value.Concat(folders.Distinct(StringComparer.Ordinal).SelectMany(FilesOf));
    }

    private static IEnumerable<NamedSecret> Settings(IConfiguration configuration)
    {
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (value is { Length: > 0 } && Setting(key, value.Trim()) is { } secret)
                yield return secret;
        }

        if (configuration["Gateway:AdminTokenFile"] is { Length: > 0 } file && ReadFile(file) is { Length: > 0 } token)
            yield return new NamedSecret("Gateway:AdminTokenFile", token, IsOurs: true);
    }

    // A setting is a secret by its name, or has one in it where a login stands.
    private static NamedSecret? Setting(string key, string value)
    {
        var secret = SecretName().IsMatch(key) ? value : Login().IsMatch(key) ? SecretParts.PasswordOfAddress(value) : null;
        return secret is null ? null : new NamedSecret(key, secret, IsOurs: key.Contains(':', StringComparison.Ordinal));
    }

    private static IEnumerable<NamedSecret> FilesOf(string folder)
    {
        foreach (var path in Entries(folder))
        {
            var name = Path.GetFileName(path);
            // What mounts of Kubernetes keep beside their files, and keys that are public.
            if (name.StartsWith('.') || name == "known_hosts" || ReadFile(path) is not { Length: > 0 } text)
                continue;
            // A file may be any setting: a user name is no secret.
            if (!name.Contains("__", StringComparison.Ordinal))
                yield return new NamedSecret($"the secret file {name}", text, IsOurs: true);
            else if (Setting(name.Replace("__", ":", StringComparison.Ordinal), text) is { } setting)
                yield return setting;
        }
    }

    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaxBytes ? Text(buffer.AsSpan(0, length)).Trim(['\ufeff', ' ', '\t', '\r', '\n']) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // A keystore: it can be printed as base64 only, and its lines are found in unbroken base64 too.
            return Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks);
        }
    }

    // Settings of this product, variables of an agent's command, and variables of the environment.
    [GeneratedRegex("^(?:Messaging:Password|Artifacts:SecretKey|Gateway:AdminToken|Redaction:Values:[0-9]+|(?:Agents:Commands:[^:]+:Environment:)?[^:]*(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|SECRET_KEY|ACCESS_KEY|API_KEY|APIKEY|PRIVATE_KEY))$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex("^(?:ConnectionStrings:.*|[^:]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex Login();
}

/// <summary>A secret.</summary>
/// <param name="Name">Where it is, for people: a setting, or a file of the secrets folder.</param>
/// <param name="Text">What it says.</param>
/// <param name="IsOurs">Whether it was given to this product, and is not just a variable of its environment.</param>
public sealed record NamedSecret(string Name, string Text, bool IsOurs);
