using MassTransit;
using Orchestrator.Contracts.Budget;

namespace Orchestrator.Budget.Ledger;

/// <summary>Gives back what was held for a launch that will not be.</summary>
public sealed class ReleaseBudgetConsumer(BudgetLedger ledger) : IConsumer<ReleaseBudget>
{
    public Task Consume(ConsumeContext<ReleaseBudget> context) => ledger.ReleaseAsync(context.Message, context.CancellationToken);
}
