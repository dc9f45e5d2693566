using MassTransit;
using Orchestrator.Contracts.Budget;

namespace Orchestrator.Budget.Ledger;

/// <summary>Books what a launch used, and holds the sums of those that start because it is over.</summary>
public sealed class SettleBudgetConsumer(BudgetLedger ledger) : IConsumer<SettleBudget>
{
    public async Task Consume(ConsumeContext<SettleBudget> context)
    {
        await ledger.SettleAsync(context.Message, context.CancellationToken);
        foreach (var next in context.Message.Next ?? [])
            await ReserveBudgetConsumer.ReserveAsync(ledger, context, next);
    }
}
