using System.Text.Json.Nodes;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.FakeModel.Apis;

/// <summary>The shape of one model API.</summary>
internal interface IModelApi
{
    /// <summary>Tool rounds of the request since its newest user text.</summary>
    int RoundOf(JsonObject request);

    /// <summary>The answer in one piece.</summary>
    JsonNode Whole(JsonObject request, ModelTurn turn);

    /// <summary>The answer as server-sent events, without the empty lines between.</summary>
    IEnumerable<string> Stream(JsonObject request, ModelTurn turn);

    /// <summary>An error body.</summary>
    JsonNode Error(int status, string message);
}
