using System.Text.Json;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Schemas;

/// <summary>
/// What must hold for any JSON before a schema looks at it: no key twice (parsers disagree which one counts), no NUL (PostgreSQL and C programs end there),
/// no half surrogate pair (it is no text), no number beyond a double. All are refused, none is repaired: a repair would run a job that nobody wrote.
/// </summary>
internal static class BodyCheck
{
    public static void Check(JsonElement body, ProblemList problems) => Check(body, JsonPath.Root, 1, problems);

    private static void Check(JsonElement value, string path, int depth, ProblemList problems)
    {
        if (problems.IsFull)
            return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when depth > BodyParser.MaxDepth:
                problems.Add(path, ProblemCodes.InvalidJson, $"More than {BodyParser.MaxDepth} levels deep.", "Flatten the document.");
                break;
            case JsonValueKind.Object:
                CheckObject(value, path, depth, problems);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    Check(item, JsonPath.Item(path, index++), depth + 1, problems);
                break;
            case JsonValueKind.String when !TryText(() => value.GetString()!, out _):
                problems.Add(path, ProblemCodes.InvalidText, "The text holds NUL (U+0000), half of a surrogate pair or bytes that are not UTF-8.", "Take them out.");
                break;
            case JsonValueKind.Number when !double.IsFinite(value.GetDouble()):
                problems.Add(path, ProblemCodes.InvalidValue, "The number is larger than any double.", "Send it as a string.");
                break;
            default:
                break;
        }
    }

    private static void CheckObject(JsonElement value, string path, int depth, ProblemList problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!TryText(() => property.Name, out var name))
            {
                problems.Add(path, ProblemCodes.InvalidText, "A key holds NUL (U+0000), half of a surrogate pair or bytes that are not UTF-8.", "Take them out.");
                continue;
            }

            var child = JsonPath.Field(path, name);
            if (!seen.Add(name))
                problems.Add(child, ProblemCodes.InvalidJson, "The key is there twice.", "Keep one of them.");
            Check(property.Value, child, depth + 1, problems);
        }
    }

    private static bool TryText(Func<string> read, out string text)
    {
        try
        {
            text = read();
            return !text.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for text that cannot be written as UTF-16.
            text = "";
            return false;
        }
    }
}
