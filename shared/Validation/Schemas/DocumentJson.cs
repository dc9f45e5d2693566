using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Contracts.Json;

namespace Orchestrator.Validation.Schemas;

/// <summary>Reads documents that their schema found valid. JSON Schema knows no difference between <c>600</c> and <c>600.0</c>, the serializer does.</summary>
internal static class DocumentJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(ContractJson.Options);
        options.Converters.Add(new WholeNumber());
        options.Converters.Add(new Sum());
        return options;
    }

    private sealed class WholeNumber : JsonConverter<int>
    {
        public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TryGetInt32(out var number) ? number : checked((int)reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }

    private sealed class Sum : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TryGetDecimal(out var number) ? number : (decimal)reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }
}
