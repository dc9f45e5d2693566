using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace Orchestrator.Messaging.Failures;

/// <summary>Values of AMQP headers as JSON and back.</summary>
internal static class HeaderJson
{
    private const string Bytes = "$bytes";
    private const string Time = "$time";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static JsonNode? Of(object? value) => value switch
    {
        null => null,
        byte[] bytes => OfBytes(bytes),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        AmqpTimestamp time => new JsonObject { [Time] = time.UnixTime },
        float or double => double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)) ? JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture)) : JsonValue.Create(value.ToString()),
        decimal number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        sbyte or byte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        BinaryTableValue binary => new JsonObject { [Bytes] = Convert.ToBase64String(binary.Bytes) },
        IDictionary table => OfTable(table),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Of)]),
        _ => JsonValue.Create(value.ToString()),
    };

    public static object? ToAmqp(JsonNode? node) => node switch
    {
        null => null,
        JsonArray list => list.Select(ToAmqp).ToList(),
        JsonObject { Count: 1 } only when only[Bytes] is JsonValue bytes => Convert.FromBase64String(bytes.GetValue<string>()),
        JsonObject { Count: 1 } only when only[Time] is JsonValue seconds => new AmqpTimestamp(seconds.GetValue<long>()),
        JsonObject table => table.ToDictionary(entry => entry.Key, entry => ToAmqp(entry.Value)),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => value.TryGetValue<long>(out var number) ? number : value.GetValue<double>(),
            _ => value.ToString(),
        },
        _ => null,
    };

    private static JsonNode OfBytes(byte[] bytes)
    {
        try
        {
            return JsonValue.Create(Strict.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return new JsonObject { [Bytes] = Convert.ToBase64String(bytes) };
        }
    }

    private static JsonObject OfTable(IDictionary table)
    {
        var node = new JsonObject();
        foreach (DictionaryEntry entry in table)
            node[entry.Key.ToString() ?? ""] = Of(entry.Value);
        return node;
    }
}
