using MassTransit;
using Orchestrator.Contracts.Budget;

namespace Orchestrator.Budget.Ledger;

/// <summary>Books what a launch used.</summary>
public sealed class SettleBudgetConsumer(BudgetLedger ledger) : IConsumer<SettleBudget>
{
    public Task Consume(ConsumeContext<SettleBudget> context) => ledger.SettleAsync(context.Message, context.CancellationToken);
}
