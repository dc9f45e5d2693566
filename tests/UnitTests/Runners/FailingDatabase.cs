using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.UnitTests.Runners;

/// <summary>A database that does not answer while it is away, and that can swallow the answer to a commit.</summary>
internal sealed class FailingDatabase : DbCommandInterceptor
{
    private volatile bool _away;

    /// <summary>Statements about leases that were answered.</summary>
    public ConcurrentQueue<string> Answered { get; } = new();

    /// <summary>Statements about leases that were not.</summary>
    public ConcurrentQueue<string> Unanswered { get; } = new();

    public LostAnswers Commits { get; } = new();

    public void GoAway() => _away = true;

    public void ComeBack() => _away = false;

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        var away = _away;
        if (command.CommandText.Contains("attempt_leases", StringComparison.Ordinal))
            (away ? Unanswered : Answered).Enqueue(command.CommandText);
        return away ? throw new TimeoutException("The database is away.") : base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
    }

    /// <summary>Commits, and fails: that is how a commit looks when the connection is reset before the answer.</summary>
    internal sealed class LostAnswers : DbTransactionInterceptor
    {
        private int _lost;

        /// <summary>How many are still to be lost, of those that send something.</summary>
        public void LoseOne() => Interlocked.Increment(ref _lost);

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (eventData.Context!.ChangeTracker.Entries<OutboxRow>().Any() && Interlocked.CompareExchange(ref _lost, 0, 1) == 1)
                throw new TimeoutException("The commit was not confirmed.");
            return base.TransactionCommittedAsync(transaction, eventData, cancellationToken);
        }
    }
}
