using MassTransit;
using Orchestrator.Contracts.Budget;

namespace Orchestrator.Budget.Ledger;

/// <summary>Gives back what was held for a launch that will not be.</summary>
public sealed class ReleaseBudgetConsumer(BudgetGroups groups) : IConsumer<ReleaseBudget>
{
    public Task Consume(ConsumeContext<ReleaseBudget> context) =>
        groups.RunAsync(context, [context.Message.Key], (ledger, _) => ledger.ReleaseAsync(context.Message, context.CancellationToken));
}
