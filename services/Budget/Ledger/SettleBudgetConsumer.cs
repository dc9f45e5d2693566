using MassTransit;
using Orchestrator.Contracts.Budget;

namespace Orchestrator.Budget.Ledger;

/// <summary>Books what a launch used, and holds the sums of those that start because it is over.</summary>
public sealed class SettleBudgetConsumer(BudgetGroups groups) : IConsumer<SettleBudget>
{
    public Task Consume(ConsumeContext<SettleBudget> context)
    {
        var (settle, next) = (context.Message, context.Message.Next ?? []);
        return groups.RunAsync(context, [settle.Key, .. next.Select(reserve => reserve.Key)], async (ledger, answering) =>
        {
            await ledger.SettleAsync(settle, context.CancellationToken);
            foreach (var reserve in next)
                await ReserveBudgetConsumer.ReserveAsync(ledger, answering, reserve);
        });
    }
}
