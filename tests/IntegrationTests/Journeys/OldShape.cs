using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.IntegrationTests.Journeys;

/// <summary>A document without its values: a line per field, in order, with the kind of what it holds. A time is a kind of its own.</summary>
internal static class OldShape
{
    public static IReadOnlyList<string> Of(JsonNode document) => [.. Lines(document, "$")];

    private static IEnumerable<string> Lines(JsonNode? node, string path) => node switch
    {
        JsonObject fields => new[] { $"{path} object" }.Concat(fields.SelectMany(field => Lines(field.Value, $"{path}.{field.Key}"))),
        JsonArray items => new[] { $"{path} array" }.Concat(items.SelectMany((item, i) => Lines(item, $"{path}[{i}]"))),
        null => [$"{path} null"],
        _ => [$"{path} {KindOf(node)}"],
    };

    private static string KindOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String when IsTime(node.GetValue<string>()) => "time",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static bool IsTime(string text) =>
        text.EndsWith("+00:00", StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
