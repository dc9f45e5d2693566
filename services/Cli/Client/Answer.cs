using System.Text.Json;

namespace Orchestrator.Cli.Client;

/// <summary>An answer as read by this version, and as the server wrote it.</summary>
/// <param name="Value">As read.</param>
/// <param name="Json">As written.</param>
public sealed record Answer<T>(T Value, JsonElement Json);
