using System.Text.Json;
using Orchestrator.Contracts.Json;

namespace Orchestrator.Cli.Client;

/// <summary>Reads what the server answered.</summary>
public static class Answers
{
    /// <exception cref="ApiException">Any answer that is no success.</exception>
    public static async Task EnsureSuccessAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (response.IsSuccessStatusCode)
            return;
        var body = await response.Content.ReadAsByteArrayAsync(stop);
        throw new ApiException(response.StatusCode, ReadProblem(body) ?? new Problem { Title = response.ReasonPhrase });
    }

    public static async Task<Answer<T>> ReadAsync<T>(HttpResponseMessage response, CancellationToken stop)
    {
        await using var body = await response.Content.ReadAsStreamAsync(stop);
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: stop);
        return Of<T>(document.RootElement.Clone());
    }

    public static Answer<T> Of<T>(JsonElement json) =>
        new(json.Deserialize<T>(ContractJson.Options) ?? throw new JsonException("The server answered null."), json);

    private static Problem? ReadProblem(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<Problem>(body, ContractJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
