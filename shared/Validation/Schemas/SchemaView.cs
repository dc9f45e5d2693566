using System.Globalization;
using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;

namespace Orchestrator.Validation.Schemas;

/// <summary>
/// A document as the schema validator must see it, so that its verdict is that of JSON Schema.
/// NJsonSchema measures strings in UTF-16 units where JSON Schema counts code points, and .NET's <c>$</c> also matches before a final line feed:
/// hence every code point outside printable ASCII stands as one U+FFFD, which no pattern of ours matches. It also takes <c>600.0</c> for no integer.
/// </summary>
internal static class SchemaView
{
    public static JToken Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JObject(value.EnumerateObject().Select(property => new JProperty(property.Name, Of(property.Value)))),
        JsonValueKind.Array => new JArray(value.EnumerateArray().Select(Of)),
        JsonValueKind.String => new JValue(Text(value.GetString()!)),
        JsonValueKind.Number => Number(value.GetDouble()),
        JsonValueKind.True => new JValue(true),
        JsonValueKind.False => new JValue(false),
        _ => JValue.CreateNull(),
    };

    private static string Text(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var view = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            view.Append(rune.Value is >= ' ' and <= '~' ? (char)rune.Value : '\uFFFD');
        return view.ToString();
    }

    private static JValue Number(double number)
    {
        if (Math.Floor(number) == number && Math.Abs(number) < long.MaxValue)
            return new JValue((long)number);
        return decimal.TryParse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? new JValue(exact)
            : new JValue(number);
    }
}
