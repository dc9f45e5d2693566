using MassTransit;
using Orchestrator.Contracts.Budget;

namespace Orchestrator.Budget.Ledger;

/// <summary>Holds the sum for a launch and says so; repeated, it says the same again.</summary>
public sealed class ReserveBudgetConsumer(BudgetGroups groups) : IConsumer<ReserveBudget>
{
    public Task Consume(ConsumeContext<ReserveBudget> context) =>
        groups.RunAsync(context, [context.Message.Key], (ledger, answering) => ReserveAsync(ledger, answering, context.Message));

    internal static async Task ReserveAsync(BudgetLedger ledger, ConsumeContext context, ReserveBudget command)
    {
        var reservation = await ledger.ReserveAsync(command, context.CancellationToken);
        if (reservation is null)
        {
            await context.Publish(new BudgetDenied(command.Key, "released before it was reserved", FitsAt: null));
            return;
        }

        // Nothing asked for means no cap, not a cap of nothing.
        long? cap = reservation.ReservedMicroUsd == 0 ? null : reservation.ReservedMicroUsd;
        await context.Publish(new BudgetReserved(command.Key, cap));
    }
}
