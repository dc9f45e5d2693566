using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Processes;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.IntegrationTests.Journeys;

/// <summary>What the journeys say to a running system, and what they look at.</summary>
internal static class JourneyJobs
{
    /// <summary>A step of the simulated agent that does what its directives say.</summary>
    public static Dictionary<string, object> Step(string id, string script, string[]? dependsOn = null, string role = "implementer", params (string Field, object Value)[] more)
    {
        var step = new Dictionary<string, object>
        {
            ["step_id"] = id,
            ["agent"] = "simulated",
            ["role"] = role,
            ["prompt"] = string.Join('\n', script.Split('\n').Select(line => $"simulate: {line}")),
            ["max_retries"] = 0,
            ["timeout_sec"] = 60,
        };
        if (dependsOn is not null)
            step["depends_on"] = dependsOn;
        foreach (var (field, value) in more)
            step[field] = value;
        return step;
    }

    public static Task<string> SubmitAsync(this RunningSystem system, string goal, SampleRepository? repository, params Dictionary<string, object>[] steps)
    {
        var job = new Dictionary<string, object> { ["goal"] = goal, ["steps"] = steps };
        if (repository is not null)
            job["project_id"] = repository.ProjectId;
        return system.SubmitAsync(job);
    }

    /// <summary>Waits until the step waits for a person or a condition, and answers why.</summary>
    public static async Task<JsonElement> ParkedAsync(this RunningSystem system, string jobId, string stepId)
    {
        JsonElement parked = default;
        await Eventually.IsTrueAsync(
            async () =>
            {
                var job = await system.JobAsync(jobId);
                if (job.GetProperty("finished_at").ValueKind != JsonValueKind.Null)
                    throw new InvalidOperationException($"The job is over: {job}");
                return StepOf(job, stepId).TryGetProperty("parked", out parked) && parked.ValueKind == JsonValueKind.Object;
            },
            $"step {stepId} is parked",
            TimeSpan.FromMinutes(2));
        return parked;
    }

    public static JsonElement StepOf(JsonElement job, string stepId) =>
        job.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("step_id").GetString() == stepId);

    public static async Task TellAsync(this RunningSystem system, string jobId, string action, object request)
    {
        using var answer = await system.Http.PostAsJsonAsync($"/v1/jobs/{jobId}/{action}", request);
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits for the end and demands success.</summary>
    public static async Task<JsonElement> CompletedAsync(this RunningSystem system, string jobId)
    {
        var job = await system.FinishedAsync(jobId);
        job.GetProperty("status").GetString().Should().Be("completed", job.ToString());
        return job;
    }

    public static JsonElement Result(this RunningSystem system, string jobId) => JsonDocument.Parse(system.Artifact(jobId, "result.json")).RootElement;
}

/// <summary>A real repository with one commit, as a project of the system.</summary>
internal sealed class SampleRepository
{
    private readonly string _folder;

    private SampleRepository(string folder, string projectId) => (_folder, ProjectId) = (folder, projectId);

    public string ProjectId { get; }

    public static async Task<SampleRepository> CreateAsync(RunningSystem system, params (string Path, string Text)[] files)
    {
        var id = $"sample-{Guid.NewGuid():N}";
        var repository = new SampleRepository(Directory.CreateDirectory(Path.Combine(system.Folder.FullName, id)).FullName, id);
        await repository.GitAsync("init", "--quiet", "--initial-branch=main");
        await repository.CommitAsync(files);
        using var answer = await system.Http.PutAsJsonAsync($"/v1/projects/{id}", new { id, repo_url = repository._folder });
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
        return repository;
    }

    /// <summary>Commits these files onto the branch and answers the commit's id.</summary>
    public async Task<string> CommitAsync(params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
            await File.WriteAllTextAsync(Path.Combine(_folder, path), text);
        await GitAsync("add", "--all");
        await GitAsync("-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message", "files");
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    public Task<string> GitAsync(params string[] arguments) => Shell.RunAsync(["git", "-C", _folder, .. arguments]);

    /// <summary>Applies the patch to the first commit, as a user would, and answers the file.</summary>
    public async Task<string> PatchedAsync(string patch, string file)
    {
        await GitAsync("checkout", "--quiet", "--detach", "--force", (await GitAsync("rev-list", "--max-parents=0", "main")).Trim());
        var name = Path.Combine(_folder, "..", $"{ProjectId}.patch");
        await File.WriteAllBytesAsync(name, Encoding.UTF8.GetBytes(patch));
        await GitAsync("apply", name);
        var text = await File.ReadAllTextAsync(Path.Combine(_folder, file));
        await GitAsync("checkout", "--quiet", "--force", "main");
        await GitAsync("clean", "-fdq");
        return text;
    }
}
