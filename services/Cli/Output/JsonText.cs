using System.Text.Json;

namespace Orchestrator.Cli.Output;

/// <summary>Reads fields of answers that may come from a newer or older server: what is absent reads as null.</summary>
public static class JsonText
{
    /// <summary>The text of a field given by a dotted path; arrays are joined by commas.</summary>
    public static string? Text(this JsonElement element, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Array => string.Join(",", element.EnumerateArray().Select(item => item.ToString())),
            _ => element.ToString(),
        };
    }
}
