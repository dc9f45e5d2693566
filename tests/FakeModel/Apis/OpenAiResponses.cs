using System.Text.Json.Nodes;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.FakeModel.Apis;

/// <summary>POST /v1/responses.</summary>
internal sealed class OpenAiResponses : IModelApi
{
    public int RoundOf(JsonObject request)
    {
        if (request["input"] is not JsonArray items)
            return 0;
        var rounds = 0;
        var inCalls = false;
        foreach (var item in items.Reverse())
        {
            var type = item!["type"]?.GetValue<string>() ?? "message";
            if (type == "message" && item["role"]?.GetValue<string>() == "user")
                break;
            var isCall = type.EndsWith("_call", StringComparison.Ordinal);
            if (isCall && !inCalls)
                rounds++;
            inCalls = isCall;
        }

        return rounds;
    }

    public JsonNode Whole(JsonObject request, ModelTurn turn) => Response(request, turn, [.. Items(request, turn)]);

    public IEnumerable<string> Stream(JsonObject request, ModelTurn turn)
    {
        var items = Items(request, turn).ToList();
        var started = Response(request, turn, []);
        started["status"] = "in_progress";
        started["usage"] = null;
        yield return Event("response.created", new JsonObject { ["response"] = started });
        for (var index = 0; index < items.Count; index++)
        {
            yield return Event("response.output_item.added", new JsonObject { ["output_index"] = index, ["item"] = items[index].DeepClone() });
            yield return Event("response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = items[index].DeepClone() });
        }

        yield return Event("response.completed", new JsonObject { ["response"] = Response(request, turn, items) });
    }

    public JsonNode Error(int status, string message) => OpenAiError.Of(status, message);

    private static IEnumerable<JsonObject> Items(JsonObject request, ModelTurn turn)
    {
        if (turn.Text is { } text)
        {
            yield return new JsonObject
            {
                ["type"] = "message",
                ["id"] = $"msg_{Guid.NewGuid():N}",
                ["role"] = "assistant",
                ["status"] = "completed",
                ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray() }),
            };
        }

        foreach (var call in turn.Calls)
        {
            var isFree = IsFreeForm(request, call.Name);
            yield return new JsonObject
            {
                ["type"] = isFree ? "custom_tool_call" : "function_call",
                ["id"] = $"fc_{Guid.NewGuid():N}",
                ["call_id"] = $"call_{Guid.NewGuid():N}",
                ["name"] = call.Name,
                [isFree ? "input" : "arguments"] = isFree ? call.Input.GetValue<string>() : call.Input.ToJsonString(),
                ["status"] = "completed",
            };
        }
    }

    private static bool IsFreeForm(JsonObject request, string name) =>
        request["tools"] is JsonArray tools && tools.Any(tool => tool?["name"]?.ToString() == name && tool["type"]?.ToString() == "custom");

    private static JsonObject Response(JsonObject request, ModelTurn turn, IReadOnlyList<JsonObject> items) => new()
    {
        ["id"] = $"resp_{Guid.NewGuid():N}",
        ["object"] = "response",
        ["created_at"] = 1_700_000_000,
        ["status"] = "completed",
        ["model"] = request["model"]?.DeepClone(),
        ["output"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
        ["usage"] = new JsonObject
        {
            ["input_tokens"] = turn.Usage.Input + turn.Usage.CacheRead + turn.Usage.CacheWrite,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = turn.Usage.CacheRead },
            ["output_tokens"] = turn.Usage.Output,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = turn.Usage.Reasoning },
            ["total_tokens"] = turn.Usage.Input + turn.Usage.CacheRead + turn.Usage.CacheWrite + turn.Usage.Output,
        },
    };

    private static string Event(string type, JsonObject data)
    {
        data.Insert(0, "type", type);
        return $"event: {type}\ndata: {data.ToJsonString()}";
    }
}
