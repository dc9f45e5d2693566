using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.UnitTests.Validation.Schemas;

/// <summary>Documents with the verdict of JSON Schema. In the file a long run of one character is written <c>{x*5000}</c>.</summary>
internal static partial class SchemaCorpus
{
    public static IReadOnlyList<Entry> All { get; } = Read();

    private static Entry[] Read([CallerFilePath] string here = "")
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "corpus.json"));
        var full = Run().Replace(text, run => string.Concat(Enumerable.Repeat(run.Groups[1].Value, int.Parse(run.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))));
        return JsonSerializer.Deserialize<Entry[]>(full, JsonSerializerOptions.Web)!;
    }

    // A character, or the two escapes of a surrogate pair.
    [GeneratedRegex(@"\{(\\u[0-9a-f]{4}\\u[0-9a-f]{4}|.)\*([0-9]+)\}")]
    private static partial Regex Run();

    internal sealed record Entry(string Schema, bool Valid, string Why, JsonElement Document);
}
