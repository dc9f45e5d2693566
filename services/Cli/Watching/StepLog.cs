using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Watching;

/// <summary>The log of one step over all its launches, put together to whole lines. The server's stream goes over to a newer launch by itself, but ends when a launch succeeds.</summary>
internal sealed class StepLog(OrchestratorClient server, string jobId, string stepId, Action<string> write) : IDisposable
{
    // A program that never ends its line must not fill our memory.
    private const int LongestLine = 64 * 1024;

    private readonly Lock _state = new();
    private readonly CancellationTokenSource _cut = new();
    private Task _reading = Task.CompletedTask;
    private bool _isReading;
    private string? _wanted;
    private string? _last;
    private string _rest = "";

    public void Follow(string launch, CancellationToken stop)
    {
        lock (_state)
        {
            if (string.Equals(_wanted, launch, StringComparison.Ordinal))
                return;
            _wanted = launch;
            if (_isReading)
                return;
            _isReading = true;
        }

        _reading = FollowAsync(stop);
    }

    /// <summary>Waits for the end of the log.</summary>
    public async Task EndAsync()
    {
        await _reading;
        if (_rest.Length > 0)
            write(_rest);
        _rest = "";
    }

    /// <summary>Follows it no more: what is there now is the end.</summary>
    public async Task CutAsync(CancellationToken stop)
    {
        await _cut.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _reading = Task.CompletedTask;
        await ReadAsync(follow: false, stop);
        await EndAsync();
    }

    public void Dispose() => _cut.Dispose();

    private async Task FollowAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _cut.Token);
        while (true)
        {
            string? launch;
            lock (_state)
                launch = _wanted;
            await ReadAsync(follow: true, either.Token);
            lock (_state)
            {
                if (string.Equals(launch, _wanted, StringComparison.Ordinal))
                {
                    _isReading = false;
                    return;
                }
            }
        }
    }

    private async Task ReadAsync(bool follow, CancellationToken stop)
    {
        await foreach (var piece in server.LogEventsAsync(jobId, stepId, follow, _last, limit => follow ? IsOverAsync(limit) : Task.FromResult(true), stop))
        {
            _last = piece.Id ?? _last;
            _rest += piece.Json()?.Text("text") ?? "";
            var end = _rest.LastIndexOf('\n');
            if (end >= 0)
            {
                write(_rest[..end]);
                _rest = _rest[(end + 1)..];
            }

            if (_rest.Length > LongestLine)
            {
                write(_rest);
                _rest = "";
            }
        }
    }

    private async Task<bool> IsOverAsync(CancellationToken stop)
    {
        var job = (await server.JobAsync(jobId, stop)).Value;
        var now = job.Steps?.FirstOrDefault(step => string.Equals(step.StepId, stepId, StringComparison.Ordinal));
        return job.IsOver || now is null || now.Status == "succeeded";
    }
}
