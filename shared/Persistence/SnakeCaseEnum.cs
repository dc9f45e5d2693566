using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Orchestrator.Persistence;

/// <summary>Stores an enum by its name, <c>snake_case</c>, so that rows can be read by people and values can be reordered in code.</summary>
public sealed class SnakeCaseEnum<T>() : ValueConverter<T, string>(value => Write(value), text => Read(text))
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names = Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    private static readonly Dictionary<string, T> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    internal static string Write(T value) => Names[value];

    private static T Read(string text) => Values.TryGetValue(text, out var value)
        ? value
        : throw new InvalidOperationException($"'{text}' is not a {typeof(T).Name}; the row was written by a newer version.");
}
