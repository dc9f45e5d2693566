using System.Text.Json.Nodes;
using System.Text.Json;
using Orchestrator.Agents.Launches;

namespace Orchestrator.Agents.Command;

/// <summary>Any program that speaks the JSON contract of README.md: one object in on standard input, optionally one out as the last line of standard output.</summary>
public sealed class CommandAgent(string name, CommandOptions command, CliLaunch launch) : ICodingAgent
{
    private const string SchemaVersion = "1.0";

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public bool NeedsBox => true;

    /// <inheritdoc />
    public ModelApi? Model => command.Model;

    /// <inheritdoc />
    public async Task<AgentResult> RunAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var model = run.Model ?? launch.Options.Models.GetValueOrDefault(name);
        var reader = new CommandReader(run, launch.Prices, command, model);
        var result = await launch.RunAsync(name, run, model ?? "", Command(run, model), reader, new CliFacts(), cancellationToken);
        return reader.Complete(result);
    }

    private AgentCommand Command(AgentRun run, string? model)
    {
        var environment = new Dictionary<string, string>(command.Environment, StringComparer.Ordinal);
        if (run.ModelUrl is { } url)
        {
            environment["MODEL_BASE_URL"] = url.AbsoluteUri.TrimEnd('/');
            environment["MODEL_API_KEY"] = run.ModelKey;
        }

        return new AgentCommand
        {
            Arguments = [run.Binary ?? command.Arguments![0], .. command.Arguments!.Skip(1)],
            Environment = environment,
            StandardInput = Request(run, model).ToJsonString() + "\n",
        };
    }

    private static JsonObject Request(AgentRun run, string? model) => new()
    {
        ["schema_version"] = SchemaVersion,
        ["job_id"] = run.Key.JobId,
        ["step_id"] = run.Key.StepId,
        ["run"] = run.Key.Run,
        ["visit"] = run.Key.Visit,
        ["attempt"] = run.Key.Attempt,
        ["role"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(run.Role.ToString()),
        ["task"] = run.Step.Prompt,
        ["prompt"] = run.Prompt,
        ["tools"] = new JsonArray([.. run.Tools.Select(tool => JsonValue.Create(tool))]),
        ["can_write"] = run.CanWrite,
        ["workspace"] = run.Workspace,
        ["model"] = model,
        ["cap_usd"] = run.CapMicroUsd is { } cap ? cap / 1_000_000m : null,
        ["comments"] = new JsonArray([.. run.Comments.Select(comment => JsonValue.Create(comment))]),
    };
}
