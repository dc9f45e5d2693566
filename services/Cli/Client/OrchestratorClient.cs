using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;

namespace Orchestrator.Cli.Client;

/// <summary>The Gateway's HTTP API. Refusals become <see cref="ApiException"/>, silence <see cref="ServerUnreachableException"/>.</summary>
public sealed class OrchestratorClient : IDisposable
{
    private const int SubmitTries = 3;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public OrchestratorClient(ServerAddress server, TimeProvider time)
    {
        Server = server;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // A redirect would carry the token to wherever the answer points.
            AllowAutoRedirect = false,
            UseProxy = !server.Url.IsLoopback,
        })
        {
            BaseAddress = server.Url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("orch/1.0");
        if (server.Token is { } token)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public ServerAddress Server { get; }

    /// <summary>Longest wait for an answer, and longest silence within a download.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Submits a job. The key makes a submission that is repeated after a lost connection the same job.</summary>
    public async Task<Answer<SubmittedView>> SubmitAsync(JsonObject job, string idempotencyKey, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await CallAsync<SubmittedView>(HttpMethod.Post, "v1/jobs", job, stop, ("Idempotency-Key", idempotencyKey));
            }
            catch (ServerUnreachableException failure) when (tries < SubmitTries && !IsRefused(failure))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300 * tries), _time, stop);
            }
        }
    }

    public Task<Answer<JobView>> JobAsync(string jobId, CancellationToken stop) =>
        CallAsync<JobView>(HttpMethod.Get, Job(jobId), null, stop);

    /// <summary>Newest first; <paramref name="query"/> holds name and value pairs as the API takes them.</summary>
    public async Task<IReadOnlyList<Answer<JobView>>> JobsAsync(int limit, CancellationToken stop, params (string Name, string? Value)[] query)
    {
        var jobs = new List<Answer<JobView>>();
        string? cursor = null;
        do
        {
            var page = await CallAsync<JobPage>(HttpMethod.Get, "v1/jobs" + Query([.. query, ("cursor", cursor), ("limit", $"{Math.Min(limit - jobs.Count, 100)}")]), null, stop);
            jobs.AddRange(page.Value.Jobs.Take(limit - jobs.Count).Select(Answers.Of<JobView>));
            cursor = page.Value.NextCursor;
        }
        while (cursor is not null && jobs.Count < limit);
        return jobs;
    }

    /// <summary>cancel, approve, reject, resolve or wake.</summary>
    public Task<Answer<JsonElement>> DecideAsync(string jobId, string verb, JsonObject body, CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Post, $"{Job(jobId)}/{verb}", body, stop);

    /// <summary>Runs a job that is over again, from a step on or where it failed.</summary>
    public Task<Answer<JsonElement>> RetryAsync(string jobId, string? from, JsonObject body, CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Post, $"{Job(jobId)}/retry{Query([("from", from)])}", body, stop);

    public IAsyncEnumerable<ServerEvent> EventsAsync(string jobId, Func<CancellationToken, Task<bool>> isOver, CancellationToken stop) =>
        new EventStream(_http, Server, _time).ReadAsync($"{Job(jobId)}/events", isOver, stop);

    /// <summary>The log of a step behind the event <paramref name="last"/>: as it grows, or only what is there.</summary>
    public IAsyncEnumerable<ServerEvent> LogEventsAsync(string jobId, string stepId, bool follow, string? last, Func<CancellationToken, Task<bool>> isOver, CancellationToken stop) =>
        new EventStream(_http, Server, _time).ReadAsync($"{Job(jobId)}/steps/{Uri.EscapeDataString(stepId)}/logs{(follow ? "" : "?follow=false")}", isOver, stop, last);

    /// <summary>What the step has logged so far, as text.</summary>
    public Task<bool> CopyLogAsync(string jobId, string stepId, Stream target, CancellationToken stop) =>
        CopyAsync($"{Job(jobId)}/steps/{Uri.EscapeDataString(stepId)}/logs", "text/plain", target, stop);

    /// <summary>Copies an artifact of the job; false when there is none.</summary>
    public Task<bool> CopyArtifactAsync(string jobId, string path, Stream target, CancellationToken stop) =>
        CopyAsync($"{Job(jobId)}/artifacts/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}", "*/*", target, stop);

    public async Task<IReadOnlyList<Answer<ProjectDocument>>> ProjectsAsync(CancellationToken stop) =>
        [.. (await ListAsync("projects", stop)).Select(Answers.Of<ProjectDocument>)];

    public Task<Answer<ProjectDocument>> ProjectAsync(string id, CancellationToken stop) =>
        CallAsync<ProjectDocument>(HttpMethod.Get, $"v1/projects/{Uri.EscapeDataString(id)}", null, stop);

    public Task<Answer<ProjectDocument>> PutProjectAsync(string id, JsonNode project, CancellationToken stop) =>
        CallAsync<ProjectDocument>(HttpMethod.Put, $"v1/projects/{Uri.EscapeDataString(id)}", project, stop);

    /// <summary>Makes or finds the project that stands for a repository.</summary>
    public Task<Answer<ProjectDocument>> ProjectOfAsync(string repoUrl, CancellationToken stop) =>
        CallAsync<ProjectDocument>(HttpMethod.Post, "v1/projects", new JsonObject { ["repo_url"] = repoUrl }, stop);

    public Task DeleteProjectAsync(string id, CancellationToken stop) =>
        CallAsync(HttpMethod.Delete, $"v1/projects/{Uri.EscapeDataString(id)}", stop);

    public Task<IReadOnlyList<JsonElement>> TokensAsync(CancellationToken stop) => ListAsync("tokens", stop);

    public Task<Answer<JsonElement>> CreateTokenAsync(JsonObject token, CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Post, "v1/tokens", token, stop);

    public Task RevokeTokenAsync(string id, CancellationToken stop) =>
        CallAsync(HttpMethod.Delete, $"v1/tokens/{Uri.EscapeDataString(id)}", stop);

    /// <summary>Newest first; <paramref name="query"/> holds name and value pairs as the API takes them.</summary>
    public async Task<IReadOnlyList<JsonElement>> FailedAsync(int limit, CancellationToken stop, params (string Name, string? Value)[] query)
    {
        var messages = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await CallAsync<JsonElement>(HttpMethod.Get, "v1/failed" + Query([.. query, ("cursor", cursor), ("limit", $"{Math.Min(limit - messages.Count, 200)}")]), null, stop);
            messages.AddRange(page.Json.GetProperty("failed").EnumerateArray().Take(limit - messages.Count));
            cursor = page.Json.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null && messages.Count < limit);
        return messages;
    }

    public Task<Answer<JsonElement>> FailedAsync(string id, CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Get, $"v1/failed/{Uri.EscapeDataString(id)}", null, stop);

    /// <summary>requeue or discard.</summary>
    public Task<Answer<JsonElement>> DecideFailedAsync(string id, string verb, CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Post, $"v1/failed/{Uri.EscapeDataString(id)}/{verb}", null, stop);

    /// <summary>requeue or discard whatever the selection names.</summary>
    public Task<Answer<JsonElement>> DecideFailedAsync(JsonObject selection, string verb, CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Post, $"v1/failed/{verb}", selection, stop);

    public Task<Answer<JsonElement>> AgentsAsync(CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Get, "v1/agents", null, stop);

    public Task<Answer<JsonElement>> HealthAsync(CancellationToken stop) =>
        CallAsync<JsonElement>(HttpMethod.Get, "health/ready", null, stop);

    public void Dispose() => _http.Dispose();

    private static string Job(string jobId) => $"v1/jobs/{Uri.EscapeDataString(jobId)}";

    private static string Query(IEnumerable<(string Name, string? Value)> parts)
    {
        var pairs = parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToArray();
        return pairs.Length == 0 ? "" : $"?{string.Join('&', pairs)}";
    }

    private static bool IsRefused(ServerUnreachableException failure) =>
        failure.InnerException is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } };

    private async Task<IReadOnlyList<JsonElement>> ListAsync(string name, CancellationToken stop)
    {
        var answer = await CallAsync<JsonElement>(HttpMethod.Get, $"v1/{name}", null, stop);
        return answer.Json.TryGetProperty(name, out var items)
            ? [.. items.EnumerateArray()]
            : throw new JsonException($"The answer has no `{name}`.");
    }

    private async Task<Answer<T>> CallAsync<T>(
        HttpMethod method, string path, JsonNode? body, CancellationToken stop, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: ContractJson.Options);
        return await SendAsync(request, Answers.ReadAsync<T>, stop);
    }

    private async Task CallAsync(HttpMethod method, string path, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path);
        await SendAsync(request, (_, _) => Task.FromResult(true), stop);
    }

    private async Task<bool> CopyAsync(string path, string accept, Stream target, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        try
        {
            return await SendAsync(
                request,
                async (response, _) =>
                {
                    // However long it takes: only silence ends it.
                    await using var body = new SilenceLimitStream(await response.Content.ReadAsStreamAsync(stop), CallLimit);
                    await body.CopyToAsync(target, stop);
                    return true;
                },
                stop);
        }
        catch (ApiException missing) when (missing.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CallLimit);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await Answers.EnsureSuccessAsync(response, limit.Token);
            return await read(response, limit.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException
            || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new ServerUnreachableException(Server, failure);
        }
    }

    private sealed record JobPage
    {
        public IReadOnlyList<JsonElement> Jobs { get; init; } = [];

        public string? NextCursor { get; init; }
    }
}
