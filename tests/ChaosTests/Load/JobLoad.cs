using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Orchestrator.ChaosTests.Driving;
using Orchestrator.TestServers;

namespace Orchestrator.ChaosTests.Load;

/// <summary>A client that does what a good client does: it sends each job under an idempotency key until the door says yes, and has the results sent to it.</summary>
internal sealed class JobLoad(ChaosSystem system, CallbackReceiver receiver, string name)
{
    private readonly ConcurrentDictionary<string, string> _accepted = new();
    private readonly ConcurrentDictionary<string, byte> _open = new();

    /// <summary>Job ids by idempotency key, as the door answered.</summary>
    public IReadOnlyDictionary<string, string> Accepted => _accepted;

    /// <summary>Jobs whose result has not arrived.</summary>
    public int Open
    {
        get
        {
            foreach (var job in _open.Keys.Where(receiver.HasResultOf))
                _open.TryRemove(job, out _);
            return _open.Count;
        }
    }

    /// <summary>Sends jobs, so many on their way at a time, until all are accepted.</summary>
    public async Task SubmitAsync(int jobs, int inFlight, string script = "simulate: sleep 200ms", Range? steps = null)
    {
        var first = _accepted.Count;
        for (var job = first; job < first + jobs; job++)
        {
            await Eventually.IsTrueAsync(() => Task.FromResult(Open < inFlight), $"{name}: fewer than {inFlight} jobs on their way", TimeSpan.FromMinutes(5));
            await SubmitOneAsync($"{name}-{job}", script, steps);
        }
    }

    /// <summary>Sends one job until the door has it; the answer in time of a door that cannot is a failure of its own.</summary>
    public async Task SubmitOneAsync(string key, string script, Range? steps = null) =>
        await Eventually.IsTrueAsync(() => TrySubmitAsync(key, script, steps ?? Range.All), $"job {key} is accepted", TimeSpan.FromMinutes(3));

    /// <summary>Waits until every result has arrived.</summary>
    public Task FinishedAsync(TimeSpan limit) => Eventually.IsTrueAsync(() => Task.FromResult(Open == 0), $"{name}: every accepted job is over", limit);

    private async Task<bool> TrySubmitAsync(string key, string script, Range steps)
    {
        try
        {
            using var client = system.Client();
            using var answer = await client.PostAsJsonAsync("/v1/jobs", Job(key, script, steps));
            if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway)
                return false;
            var body = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"{key}: {(int)answer.StatusCode} {body}");
            var job = JsonDocument.Parse(body).RootElement.GetProperty("job_id").GetString()!;
            (_accepted[key], _open[job]) = (job, 0);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private object Job(string key, string script, Range steps) => new
    {
        goal = $"Survive as {key}.",
        idempotency_key = key,
        callback_url = $"{receiver.Url}hook",
        steps = new[]
        {
            new { step_id = "plan", agent = "simulated", role = "planner", prompt = script, timeout_sec = 600 },
            new { step_id = "work", agent = "simulated", role = "implementer", prompt = script + "\nsimulate: write path=note.txt text=" + key, timeout_sec = 600 },
            new { step_id = "check", agent = "simulated", role = "reviewer", prompt = script, timeout_sec = 600 },
        }.Take(steps),
    };
}
