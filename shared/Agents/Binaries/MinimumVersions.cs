namespace Orchestrator.Agents.Binaries;

/// <summary>Reads <c>opencode=0.1.0:--version,codex=0.2.0:-V,claude=1.0.0</c>.</summary>
internal static class MinimumVersions
{
    private const string Form = "write name=version or name=version:argument, separated by commas, for example codex=0.2.0:-V";

    /// <summary>The entries by name.</summary>
    /// <exception cref="FormatException">An entry is not of that form.</exception>
    public static IReadOnlyDictionary<string, MinimumVersion> Parse(string? text)
    {
        var entries = new Dictionary<string, MinimumVersion>(StringComparer.Ordinal);
        foreach (var entry in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new FormatException($"'{entry}' has no version; {Form}.");
            var name = entry[..equals].Trim();
            var value = entry[(equals + 1)..];
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            var version = colon < 0 ? value : value[..colon];
            var argument = colon < 0 ? "" : value[(colon + 1)..].Trim();
            entries[name] = new MinimumVersion(
                ProgramVersion.Find(version) ?? throw new FormatException($"'{version}' of '{name}' is no version; {Form}."),
                argument.Length == 0 ? BinarySettings.DefaultVersionArgument : argument);
        }

        return entries;
    }
}

/// <summary>One entry.</summary>
/// <param name="Minimum">Lowest version.</param>
/// <param name="VersionArgument">The argument that prints the version.</param>
internal sealed record MinimumVersion(ProgramVersion Minimum, string VersionArgument);
