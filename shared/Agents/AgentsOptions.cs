using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Agents;

/// <summary>Which agents there are and where their programs are.</summary>
public sealed class AgentsOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Agents";

    private static readonly string[] OwnNames = [AgentNames.Claude, AgentNames.Codex, AgentNames.OpenCode, AgentNames.Simulated, AgentNames.Merge];

    /// <summary>Who works where a job names nobody: <c>real</c> is Claude, <c>simulated</c> needs no key.</summary>
    public AgentMode Mode { get; set; } = AgentMode.Simulated;

    /// <summary>Program, version argument and lowest version by agent.</summary>
    public Dictionary<string, AgentBinaryOptions> Binaries { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Lowest versions in the form of the replaced system: <c>codex=0.2.0:-V,claude=1.0.0</c>; the key MIN_BINARY_VERSIONS is read too. <see cref="Binaries"/> wins.</summary>
    public string? MinBinaryVersions { get; set; }

    /// <summary>Longest answer of a version probe.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan VersionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Programs that speak the JSON contract of README.md, by the name that a step's <c>agent</c> uses.</summary>
    public Dictionary<string, CommandOptions> Commands { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Model by agent, for steps that name none.</summary>
    public Dictionary<string, string> Models { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How hard models think (<c>low</c>, <c>medium</c>, <c>high</c>, where the CLI has it); null is the CLI's default.</summary>
    [RegularExpression("^[a-z]{1,16}$")]
    public string? Effort { get; set; }

    /// <summary>Turns of one launch, where the CLI can count them.</summary>
    [Range(1, 10_000)]
    public int MaxTurns { get; set; } = 200;

    /// <summary>File of model prices; null is the list that is built in.</summary>
    public string? PricesFile { get; set; }

    /// <summary>Longest line of an agent's JSON output that is read; longer ones are dropped with a note.</summary>
    [Range(64 << 10, 256 << 20)]
    public int LongestLineBytes { get; set; } = 8 << 20;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, command) in Commands)
        {
            if (OwnNames.Contains(name, StringComparer.Ordinal))
                yield return new ValidationResult($"{Section}:{nameof(Commands)}:{name} is the name of a built-in agent: choose another.");
            if (command.Arguments is not { Length: > 0 } arguments || string.IsNullOrWhiteSpace(arguments[0]))
                yield return new ValidationResult($"{Section}:{nameof(Commands)}:{name}:{nameof(CommandOptions.Arguments)} must name a program.");
        }
    }
}

/// <summary>Kinds of default agents.</summary>
public enum AgentMode
{
    /// <summary>No keys, no cost.</summary>
    Simulated,

    /// <summary>The agent CLIs.</summary>
    Real,
}

/// <summary>One agent's program.</summary>
public sealed class AgentBinaryOptions
{
    /// <summary>A path, or a name on PATH; null is the agent's usual name.</summary>
    public string? Path { get; set; }

    /// <summary>The one argument that prints the version.</summary>
    public string? VersionArgument { get; set; }

    /// <summary>Lowest version that may run; null is any.</summary>
    public string? MinimumVersion { get; set; }
}

/// <summary>A program that works as an agent.</summary>
public sealed class CommandOptions
{
    /// <summary>Program and arguments; never a shell line.</summary>
    public string[]? Arguments { get; set; }

    /// <summary>Variables for it.</summary>
    public Dictionary<string, string> Environment { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The model API that it speaks: it gets MODEL_BASE_URL and MODEL_API_KEY; null is none.</summary>
    public ModelApi? Model { get; set; }
}
