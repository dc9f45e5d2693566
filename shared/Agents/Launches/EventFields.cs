using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Agents.Launches;

/// <summary>Reads fields of foreign JSON: whatever is missing or of another kind is simply not there.</summary>
internal static class EventFields
{
    /// <summary>The field's text, or null.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.String } field ? field.GetString() : null;

    /// <summary>The field, or an undefined element.</summary>
    public static JsonElement Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) ? field : default;

    /// <summary>The elements of an array field.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Array } field ? field.EnumerateArray() : [];

    /// <summary>The members of an object field.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Object } field ? field.EnumerateObject() : [];

    /// <summary>A whole number, or 0. A fraction is cut, an absurd number is the largest.</summary>
    public static long Whole(this JsonElement element, string name)
    {
        if (element.Field(name) is not { ValueKind: JsonValueKind.Number } field)
            return 0;
        if (field.TryGetInt64(out var whole))
            return whole;
        // The runtime's conversion saturates, and NaN is no JSON.
        return field.TryGetDouble(out var number) ? (long)number : 0;
    }

    /// <summary>Whether the field is true.</summary>
    public static bool IsTrue(this JsonElement element, string name) => element.Field(name).ValueKind == JsonValueKind.True;

    /// <summary>A sum of money, or null when it is none that can be believed: negative, over a million dollars, no number.</summary>
    public static decimal? Dollars(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } field
        && decimal.TryParse(field.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var sum)
        && sum is >= 0 and <= 1_000_000
            ? sum
            : null;
}
