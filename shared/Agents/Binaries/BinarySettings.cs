using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Orchestrator.Agents.Binaries;

/// <summary>Where an agent's program is, and how its version is asked for. One argument, never a second try: <c>version</c> is a paid prompt for Claude.</summary>
/// <param name="Program">A path, or a name on PATH.</param>
/// <param name="VersionArgument">The argument that prints the version.</param>
/// <param name="Minimum">Lowest version that may run, or null.</param>
/// <param name="IsAsked">False for a configured command without a version setting: starting it with a guessed argument might do its work.</param>
public sealed record BinarySettings(string Program, string VersionArgument, ProgramVersion? Minimum, bool IsAsked = true)
{
    /// <summary>The argument where none is configured.</summary>
    public const string DefaultVersionArgument = "--version";

    /// <summary>The settings of an agent.</summary>
    public static BinarySettings Of(string agent, AgentsOptions options)
    {
        var own = options.Binaries.GetValueOrDefault(agent);
        var old = MinimumVersions.Parse(options.MinBinaryVersions).GetValueOrDefault(agent);
        var program = own?.Path ?? options.Commands.GetValueOrDefault(agent)?.Arguments?.FirstOrDefault() ?? agent;
        return new BinarySettings(
            program,
            own?.VersionArgument ?? old?.VersionArgument ?? DefaultVersionArgument,
            own?.MinimumVersion is { } minimum ? ProgramVersion.Parse(minimum) : old?.Minimum,
            IsAsked: old is not null || own is { VersionArgument: not null } or { MinimumVersion: not null } || !options.Commands.ContainsKey(agent));
    }
}

/// <summary>Takes over MIN_BINARY_VERSIONS of the replaced system and refuses versions that are none.</summary>
internal sealed class MinimumVersionsConfiguration(IConfiguration configuration) : IPostConfigureOptions<AgentsOptions>, IValidateOptions<AgentsOptions>
{
    private const string Key = "MIN_BINARY_VERSIONS";

    public void PostConfigure(string? name, AgentsOptions options) => options.MinBinaryVersions ??= configuration[Key];

    public ValidateOptionsResult Validate(string? name, AgentsOptions options)
    {
        try
        {
            MinimumVersions.Parse(options.MinBinaryVersions);
        }
        catch (FormatException error)
        {
            return ValidateOptionsResult.Fail($"{Key}: {error.Message}");
        }

        var bad = options.Binaries.Where(binary => binary.Value.MinimumVersion is { } minimum && ProgramVersion.Find(minimum) is null).ToArray();
        return bad.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(bad.Select(binary => $"{AgentsOptions.Section}:{nameof(AgentsOptions.Binaries)}:{binary.Key}:{nameof(AgentBinaryOptions.MinimumVersion)} must be a version such as 1.2.3."));
    }
}
