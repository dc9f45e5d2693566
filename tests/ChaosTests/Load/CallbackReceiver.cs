using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Orchestrator.TestServers.Processes;

namespace Orchestrator.ChaosTests.Load;

/// <summary>Takes results over HTTP and remembers which, by <c>webhook-id</c>.</summary>
internal sealed class CallbackReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (string JobId, int Times)> _received = new();
    private readonly ConcurrentDictionary<string, byte> _jobs = new();

    public CallbackReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort.Find(1)[0]}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Unique ids, each with its job.</summary>
    public IReadOnlyDictionary<string, (string JobId, int Times)> Received => _received;

    public bool HasResultOf(string job) => _jobs.ContainsKey(job);

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var call = await _listener.GetContextAsync();
                using var body = await JsonDocument.ParseAsync(call.Request.InputStream);
                var job = body.RootElement.GetProperty("subject").GetString()!;
                _received.AddOrUpdate(call.Request.Headers["webhook-id"]!, (job, 1), (_, known) => (known.JobId, known.Times + 1));
                _jobs.TryAdd(job, 0);
                call.Response.StatusCode = 204;
                call.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or JsonException or IOException)
            {
                // A sender that was killed in the middle of its call, or the end of the test.
            }
        }
    }
}
