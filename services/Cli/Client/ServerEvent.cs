using System.Text.Json;

namespace Orchestrator.Cli.Client;

/// <summary>One server-sent event.</summary>
/// <param name="Id">Where to go on after a lost connection; null when the server gave none.</param>
/// <param name="Type">Its type.</param>
/// <param name="Data">Its text.</param>
public sealed record ServerEvent(string? Id, string Type, string Data)
{
    /// <summary>The data as JSON, or null when it is none.</summary>
    public JsonElement? Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Data);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
