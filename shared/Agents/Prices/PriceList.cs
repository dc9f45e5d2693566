using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Prices;

/// <summary>The dated price list that bills every launch. What it does not list cannot be had for nothing: it is refused before a launch, and billed as the dearest model after one.</summary>
public sealed partial class PriceList
{
    private readonly FrozenDictionary<string, ModelPrice> _models;

    private PriceList(DateOnly date, FrozenDictionary<string, ModelPrice> models)
    {
        Date = date;
        _models = models;
        Dearest = models.Values.MaxBy(price => price.Output + price.Input)!;
    }

    /// <summary>The day from which the prices hold.</summary>
    public DateOnly Date { get; }

    /// <summary>The price of what is not listed.</summary>
    public ModelPrice Dearest { get; }

    /// <summary>Names of the models.</summary>
    public IReadOnlyCollection<string> Models => _models.Keys;

    /// <summary>The list that is built in.</summary>
    public static PriceList BuiltIn()
    {
        using var stream = typeof(PriceList).Assembly.GetManifestResourceStream("prices.json")!;
        return Read(stream, "the built-in price list");
    }

    /// <summary>Reads a file of the same form as <c>prices.json</c>.</summary>
    /// <exception cref="InvalidDataException">The file is no price list; the message names the place.</exception>
    public static PriceList Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{AgentsOptions.Section}:{nameof(AgentsOptions.PricesFile)}: {error.Message}", error);
        }
    }

    /// <summary>The price of a model, or null. A dated or marked name (<c>claude-haiku-4-5-20251001</c>, <c>…[1m]</c>, <c>openai/…</c>) is its model.</summary>
    public ModelPrice? Find(string model) =>
        _models.GetValueOrDefault(model) ?? _models.GetValueOrDefault(Decoration().Replace(model, ""));

    private static PriceList Read(Stream stream, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(stream);
            var root = document.RootElement;
            var date = DateOnly.ParseExact(root.GetProperty("date").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            var models = root.GetProperty("models").EnumerateObject().ToFrozenDictionary(
                model => model.Name,
                model => new ModelPrice(
                    Price(model, "input"),
                    Price(model, "cache_read"),
                    Price(model, model.Value.TryGetProperty("cache_write", out _) ? "cache_write" : "input"),
                    Price(model, "output")),
                StringComparer.Ordinal);
            return models.Count > 0 ? new PriceList(date, models) : throw new InvalidDataException($"{name} lists no model.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            throw new InvalidDataException($"{name} is no price list: {error.Message} It needs \"date\" (yyyy-MM-dd) and \"models\" with input, cache_read, output and, where it has a price of its own, cache_write each.", error);
        }
    }

    private static decimal Price(JsonProperty model, string field) =>
        model.Value.GetProperty(field).GetDecimal() is >= 0 and <= 1_000_000 and var price
            ? price
            : throw new InvalidDataException($"models.{model.Name}.{field} must be between 0 and 1000000 dollars per million tokens.");

    [GeneratedRegex(@"^(anthropic|openai)/|-\d{8}$|(-\d{8})?\[[a-z0-9]+\]$|-\d{4}-\d{2}-\d{2}$")]
    private static partial Regex Decoration();
}
