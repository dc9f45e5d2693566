using System.Text.Json.Nodes;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.FakeModel.Apis;

/// <summary>POST /v1/chat/completions.</summary>
internal sealed class OpenAiChat : IModelApi
{
    public int RoundOf(JsonObject request)
    {
        var rounds = 0;
        foreach (var message in request["messages"]!.AsArray().Reverse())
        {
            var role = message!["role"]?.GetValue<string>();
            if (role == "user")
                break;
            if (role == "assistant" && message["tool_calls"] is JsonArray { Count: > 0 })
                rounds++;
        }

        return rounds;
    }

    public JsonNode Whole(JsonObject request, ModelTurn turn)
    {
        var answer = Head(request, "chat.completion");
        var message = new JsonObject { ["role"] = "assistant", ["content"] = turn.Text };
        if (turn.Calls.Count > 0)
            message["tool_calls"] = Calls(turn);
        answer["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = Reason(turn) });
        answer["usage"] = Usage(turn.Usage);
        return answer;
    }

    public IEnumerable<string> Stream(JsonObject request, ModelTurn turn)
    {
        yield return Chunk(request, new JsonObject { ["role"] = "assistant", ["content"] = "" }, null);
        if (turn.Text is { } text)
            yield return Chunk(request, new JsonObject { ["content"] = text }, null);
        if (turn.Calls.Count > 0)
            yield return Chunk(request, new JsonObject { ["tool_calls"] = Calls(turn) }, null);
        yield return Chunk(request, [], Reason(turn));
        var usage = Head(request, "chat.completion.chunk");
        usage["choices"] = new JsonArray();
        usage["usage"] = Usage(turn.Usage);
        yield return $"data: {usage.ToJsonString()}";
        yield return "data: [DONE]";
    }

    public JsonNode Error(int status, string message) => OpenAiError.Of(status, message);

    private static string Reason(ModelTurn turn) => turn.StoppedAtLimit ? "length" : turn.Calls.Count > 0 ? "tool_calls" : "stop";

    private static JsonArray Calls(ModelTurn turn) => new([.. turn.Calls.Select((call, index) => (JsonNode)new JsonObject
    {
        ["index"] = index,
        ["id"] = $"call_{Guid.NewGuid():N}",
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Input.ToJsonString() },
    })]);

    private static JsonObject Usage(ModelUsage usage) => new()
    {
        ["prompt_tokens"] = usage.Input + usage.CacheRead + usage.CacheWrite,
        ["completion_tokens"] = usage.Output,
        ["total_tokens"] = usage.Input + usage.CacheRead + usage.CacheWrite + usage.Output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CacheRead },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.Reasoning },
    };

    private static JsonObject Head(JsonObject request, string kind) => new()
    {
        ["id"] = $"chatcmpl-{Guid.NewGuid():N}",
        ["object"] = kind,
        ["created"] = 1_700_000_000,
        ["model"] = request["model"]?.DeepClone(),
    };

    private static string Chunk(JsonObject request, JsonObject delta, string? reason)
    {
        var chunk = Head(request, "chat.completion.chunk");
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = reason });
        return $"data: {chunk.ToJsonString()}";
    }
}

/// <summary>Error bodies of both OpenAI shapes.</summary>
internal static class OpenAiError
{
    public static JsonObject Of(int status, string message) => new()
    {
        ["error"] = new JsonObject
        {
            ["message"] = message,
            ["type"] = status switch { 401 => "invalid_request_error", 429 => "rate_limit_exceeded", >= 500 => "server_error", _ => "invalid_request_error" },
            ["code"] = status == 401 ? "invalid_api_key" : null,
        },
    };
}
