using Microsoft.AspNetCore.Http;
using Orchestrator.Agents;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>The calls that pass the relay. Everything else of an upstream (files, batches, administration) stays shut.</summary>
internal static class ModelRoutes
{
    private static readonly Dictionary<ModelApi, string[]> Posts = new()
    {
        [ModelApi.Anthropic] = ["/v1/messages", "/v1/messages/count_tokens"],
        [ModelApi.OpenAi] = ["/v1/responses", "/v1/chat/completions"],
    };

    /// <summary>Whether the call may pass. Paths are compared whole and as written: an encoded or dotted detour is another path.</summary>
    public static bool Allow(ModelApi api, string method, PathString path) =>
        HttpMethods.IsPost(method)
            ? Posts[api].Contains(path.Value, StringComparer.Ordinal)
            : HttpMethods.IsGet(method) && IsModels(path.Value ?? "");

    /// <summary>Whether a call that may pass has a model answer, and costs.</summary>
    public static bool IsMetered(string method, PathString path) =>
        HttpMethods.IsPost(method) && path.Value?.EndsWith("/count_tokens", StringComparison.Ordinal) != true;

    private static bool IsModels(string path)
    {
        const string Models = "/v1/models";
        if (!path.StartsWith(Models, StringComparison.Ordinal))
            return false;
        var rest = path.AsSpan(Models.Length);
        return rest.IsEmpty || (rest is ['/', _, ..] && rest[1] != '.' && !rest[1..].ContainsAnyExcept(NameCharacters));
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-");
}
