using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Orchestrator.Persistence.Outbox;

/// <summary>Failures of a transaction that say nothing about the message, or the request.</summary>
public static class RetryableFailure
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteConstraint = 19;

    /// <summary>Somebody else was faster: run it again in a new scope and see their state.</summary>
    public static bool IsConflict(Exception exception) => Chain(exception).Any(cause => cause switch
    {
        DbUpdateConcurrencyException => true,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => true,
        SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked or SqliteConstraint } => true,
        _ => false,
    });

    /// <summary>The database is away for a while: hold the message, it is not to blame.</summary>
    public static bool IsOutage(Exception exception) => !IsConflict(exception) && Chain(exception).Any(cause => cause switch
    {
        PostgresException postgres => postgres.IsTransient,
        NpgsqlException { IsTransient: true } => true,
        NpgsqlException { InnerException: SocketException or IOException or TimeoutException } => true,
        _ => false,
    });

    /// <summary>There is no database to be had at all: whatever is tried next fails too. A timeout or a lock may be one message's own.</summary>
    public static bool IsGone(Exception exception) => Chain(exception).Any(cause => cause switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException { InnerException: SocketException or IOException } => true,
        _ => false,
    });

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
