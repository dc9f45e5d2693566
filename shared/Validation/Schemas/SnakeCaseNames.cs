using System.Text.Json;
using NJsonSchema;

namespace Orchestrator.Validation.Schemas;

/// <summary>
/// Reads the camelCase and PascalCase that publishers in other languages send. Only names that the schema knows are changed;
/// free data (<c>metadata</c>) stays as it came.
/// </summary>
internal static class SnakeCaseNames
{
    public static JsonDocument Of(JsonElement document, DocumentSchema schema)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(document, schema.Compiled, writer);
        return JsonDocument.Parse(buffer.ToArray());
    }

    private static void Write(JsonElement value, JsonSchema? schema, Utf8JsonWriter writer)
    {
        if (value.ValueKind == JsonValueKind.Object && schema?.Properties.Count > 0)
        {
            writer.WriteStartObject();
            foreach (var property in value.EnumerateObject())
            {
                var name = NameOf(property.Name, schema);
                writer.WritePropertyName(name);
                Write(property.Value, schema.Properties.TryGetValue(name, out var inner) ? inner.ActualSchema : null, writer);
            }

            writer.WriteEndObject();
        }
        else if (value.ValueKind == JsonValueKind.Array && schema?.Item is { } item)
        {
            writer.WriteStartArray();
            foreach (var element in value.EnumerateArray())
                Write(element, item.ActualSchema, writer);
            writer.WriteEndArray();
        }
        else
        {
            value.WriteTo(writer);
        }
    }

    private static string NameOf(string name, JsonSchema schema)
    {
        if (schema.Properties.ContainsKey(name))
            return name;
        var snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        return schema.Properties.ContainsKey(snake) ? snake : name;
    }
}
