using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Startup;

/// <summary>How a process begins while its database may be away: it waits, as long as <see cref="DatabaseOptions.StartTimeout"/> allows, and then gives up with the reason.</summary>
public sealed partial class DatabaseStart(IOptions<DatabaseOptions> options, TimeProvider clock, ILogger<DatabaseStart> logger)
{
    /// <summary>Why a service waits that may not migrate.</summary>
    public const string NotMigrated = "its schema is not up to date; run the service with the argument 'migrate'";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries until the database is prepared.</summary>
    /// <param name="name">What the log and the error call it.</param>
    /// <param name="prepare">Null when all is prepared, else the reason to try again; an outage is tried again too.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="TimeoutException">It could not be prepared in time, or the host stops; says why.</exception>
    public async Task WaitAsync(string name, Func<CancellationToken, Task<string?>> prepare, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.StartTimeout);
        for (var told = false; ; told = true)
        {
            string reason;
            try
            {
                if (await prepare(deadline.Token) is not { } missing)
                    return;
                reason = missing;
            }
            catch (Exception exception) when (RetryableFailure.IsOutage(exception))
            {
                reason = exception.Message;
            }

            if (!told)
                LogWaiting(name, reason);
            try
            {
                await Task.Delay(Pause, clock, deadline.Token);
            }
            catch (OperationCanceledException exception)
            {
                throw new TimeoutException($"The database '{name}' cannot be used: {reason}.", exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for database {Database}: {Reason}")]
    private partial void LogWaiting(string database, string reason);
}
