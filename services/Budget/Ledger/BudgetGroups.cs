using MassTransit;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Budget.Ledger;

/// <summary>Commands that come at the same time are booked in one transaction, and what they ask about is locked by one statement.</summary>
public sealed class BudgetGroups(IServiceScopeFactory scopes)
{
    private readonly MessageGroups<BudgetDbContext, IEnumerable<AttemptKey>, Group> _groups = new(scopes, OpenAsync);

    /// <summary>Books a command and collects its answers; returns when both are committed. A copy is not booked.</summary>
    /// <param name="context">The command.</param>
    /// <param name="keys">The launches that it is about.</param>
    /// <param name="book">Books it, and answers by the context that it is given.</param>
    public Task RunAsync<T>(ConsumeContext<T> context, IEnumerable<AttemptKey> keys, Func<BudgetLedger, ConsumeContext<T>, Task> book)
        where T : class => _groups.RunAsync(context, keys, async group =>
        {
            var answering = group.Outbox.Collect(context);
            await book(group.Ledger, answering);
            await answering.ConsumeCompleted;
        });

    private static async Task<Group> OpenAsync(IServiceProvider services, IReadOnlyList<IEnumerable<AttemptKey>> keys, CancellationToken cancellationToken)
    {
        var ledger = services.GetRequiredService<BudgetLedger>();
        await ledger.LockAsync(keys.SelectMany(key => key), cancellationToken);
        return new Group(ledger, services.GetRequiredService<MessageOutbox<BudgetDbContext>>());
    }

    private sealed record Group(BudgetLedger Ledger, MessageOutbox<BudgetDbContext> Outbox);
}
