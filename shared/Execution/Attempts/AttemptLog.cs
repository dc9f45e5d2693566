using Orchestrator.Agents;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Execution.Attempts;

/// <summary>The log of a launch: for people while it grows, an artifact with its SHA-256 when it is closed.</summary>
internal sealed class AttemptLog : IAgentLog, IAsyncDisposable
{
    private readonly string path;
    private readonly HashingStream stream;

    private AttemptLog(string path, HashingStream stream, StepLog log)
    {
        this.path = path;
        this.stream = stream;
        Lines = log;
    }

    /// <summary>Where lines go.</summary>
    public StepLog Lines { get; }

    public static async Task<AttemptLog> OpenAsync(IArtifactStore artifacts, AttemptKey key, ProcessesOptions options, TimeProvider time, KnownSecrets secrets, Action<long, string> onText, CancellationToken cancellationToken)
    {
        var path = ArtifactPaths.LiveLog(key);
        var stream = new HashingStream(await artifacts.OpenAppendAsync(path, cancellationToken));
        return new AttemptLog(path, stream, new StepLog(stream, options, time, secrets, onText));
    }

    public void WriteLine(string line) => Lines.WriteLine(line);

    /// <summary>Closes it.</summary>
    public async Task<DocumentReference> CompleteAsync()
    {
        await Lines.CompleteAsync();
        return new DocumentReference(path, stream.Sha256);
    }

    // The lines close the stream that they go to.
    public ValueTask DisposeAsync() => Lines.DisposeAsync();
}
