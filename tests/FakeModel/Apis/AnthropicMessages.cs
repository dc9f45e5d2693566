using System.Text.Json.Nodes;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.FakeModel.Apis;

/// <summary>POST /v1/messages.</summary>
internal sealed class AnthropicMessages : IModelApi
{
    public int RoundOf(JsonObject request)
    {
        var rounds = 0;
        foreach (var message in request["messages"]!.AsArray().Reverse())
        {
            var blocks = message!["content"] is JsonArray content ? content : [];
            var isUser = message["role"]?.GetValue<string>() == "user";
            if (isUser && IsWords(message["content"]!, blocks))
                break;
            if (!isUser && blocks.Any(block => TypeOf(block) == "tool_use"))
                rounds++;
        }

        return rounds;
    }

    public JsonNode Whole(JsonObject request, ModelTurn turn)
    {
        var message = Message(request, turn);
        message["content"] = new JsonArray([.. Blocks(turn).Select(block => (JsonNode)block)]);
        message["stop_reason"] = StopReason(turn);
        return message;
    }

    public IEnumerable<string> Stream(JsonObject request, ModelTurn turn)
    {
        yield return Event("message_start", new JsonObject { ["message"] = Message(request, turn) });
        var index = 0;
        foreach (var block in Blocks(turn))
        {
            var start = block.DeepClone().AsObject();
            var delta = new JsonObject();
            if (TypeOf(block) == "text")
            {
                delta["type"] = "text_delta";
                delta["text"] = block["text"]!.GetValue<string>();
                start["text"] = "";
            }
            else
            {
                delta["type"] = "input_json_delta";
                delta["partial_json"] = block["input"]!.ToJsonString();
                start["input"] = new JsonObject();
            }

            yield return Event("content_block_start", new JsonObject { ["index"] = index, ["content_block"] = start });
            yield return Event("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = delta });
            yield return Event("content_block_stop", new JsonObject { ["index"] = index });
            index++;
        }

        yield return Event("message_delta", new JsonObject
        {
            ["delta"] = new JsonObject { ["stop_reason"] = StopReason(turn), ["stop_sequence"] = null },
            ["usage"] = new JsonObject { ["output_tokens"] = turn.Usage.Output },
        });
        yield return Event("message_stop", []);
    }

    public JsonNode Error(int status, string message) => new JsonObject
    {
        ["type"] = "error",
        ["error"] = new JsonObject
        {
            ["type"] = status switch
            {
                401 => "authentication_error",
                403 => "permission_error",
                429 => "rate_limit_error",
                529 => "overloaded_error",
                >= 500 => "api_error",
                _ => "invalid_request_error",
            },
            ["message"] = message,
        },
    };

    // A user message of tool results, or of the reminders that the CLI puts between, is nothing that a user said.
    private static bool IsWords(JsonNode content, JsonArray blocks) =>
        blocks.Count == 0
            ? !IsReminder(content.ToString())
            : blocks.All(block => TypeOf(block) != "tool_result") && blocks.Any(block => TypeOf(block) == "text" && !IsReminder(block!["text"]!.ToString()));

    private static bool IsReminder(string text) => text.TrimStart().StartsWith("<system-reminder>", StringComparison.Ordinal);

    private static string? TypeOf(JsonNode? block) => block?["type"]?.GetValue<string>();

    private static string StopReason(ModelTurn turn) => turn.StoppedAtLimit ? "max_tokens" : turn.Calls.Count > 0 ? "tool_use" : "end_turn";

    private static JsonObject Message(JsonObject request, ModelTurn turn) => new()
    {
        ["id"] = $"msg_{Guid.NewGuid():N}",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = request["model"]?.DeepClone(),
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
        ["usage"] = new JsonObject
        {
            ["input_tokens"] = turn.Usage.Input,
            ["cache_read_input_tokens"] = turn.Usage.CacheRead,
            ["cache_creation_input_tokens"] = turn.Usage.CacheWrite,
            ["output_tokens"] = turn.Usage.Output,
        },
    };

    private static IEnumerable<JsonObject> Blocks(ModelTurn turn)
    {
        if (turn.Text is { } text)
            yield return new JsonObject { ["type"] = "text", ["text"] = text };
        foreach (var call in turn.Calls)
            yield return new JsonObject { ["type"] = "tool_use", ["id"] = $"toolu_{Guid.NewGuid():N}", ["name"] = call.Name, ["input"] = call.Input.DeepClone() };
    }

    private static string Event(string type, JsonObject data)
    {
        data.Insert(0, "type", type);
        return $"event: {type}\ndata: {data.ToJsonString()}";
    }
}
