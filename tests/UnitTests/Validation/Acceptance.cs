using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Projects;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Projects;

namespace Orchestrator.UnitTests.Validation;

/// <summary>A door with its operator and projects, for tests.</summary>
internal sealed class Acceptance : IProjectCatalog
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);

    private readonly Dictionary<string, ProjectDocument> _projects = new(StringComparer.OrdinalIgnoreCase);

    public PolicyOptions Policy { get; } = new();

    public DoorContext Door { get; set; } = new() { Source = JobSourceType.Webhook, Actor = "token:ci" };

    public FakeTimeProvider Clock { get; } = new(Now);

    public Acceptance With(ProjectDocument project)
    {
        _projects[project.Id] = project;
        return this;
    }

    // Finds by any case, as a careless catalog on a case-insensitive database would.
    public ValueTask<ProjectDocument?> FindAsync(string id) => new(_projects.GetValueOrDefault(id));

    public async Task<AcceptanceResult> SubmitAsync(byte[] body) =>
        await new JobAcceptance(this, Options.Create(Policy), Clock).AcceptAsync(body, Door);

    public Task<AcceptanceResult> SubmitAsync(string body) => SubmitAsync(Encoding.UTF8.GetBytes(body));

    public async Task<AcceptedJob> AcceptAsync(string body)
    {
        var result = await SubmitAsync(body);
        return result.Job ?? throw new InvalidOperationException(string.Join("\n", result.Problems));
    }

    public async Task<IReadOnlyList<JobProblem>> RefuseAsync(string body)
    {
        var result = await SubmitAsync(body);
        return result.IsAccepted ? throw new InvalidOperationException($"Accepted: {body}") : result.Problems;
    }

    public async Task<JobProblem> RefuseOnceAsync(string body) => (await RefuseAsync(body)).Should().ContainSingle().Subject;

    /// <summary>A step with everything that a step must have; <paramref name="more"/> are further fields.</summary>
    public static string Step(string id, string more = "", string agent = "claude", string role = "implementer")
    {
        var step = new JsonObject { ["step_id"] = id, ["agent"] = agent, ["role"] = role, ["prompt"] = "Do it." };
        foreach (var (name, value) in JsonNode.Parse($"{{{more}}}")!.AsObject())
            step[name] = value?.DeepClone();
        return step.ToJsonString();
    }

    public static string Job(params string[] steps) => $$"""{"goal": "Fix it.", "steps": [{{string.Join(",", steps)}}]}""";

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
