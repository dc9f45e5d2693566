using MassTransit;
using Orchestrator.Budget.Ledger;
using Orchestrator.Persistence;

namespace Orchestrator.Budget;

/// <summary>What the Budget service consists of.</summary>
public static class BudgetRegistration
{
    /// <summary>Adds the ledger's database.</summary>
    public static WebApplicationBuilder AddBudget(this WebApplicationBuilder builder)
    {
        builder.AddServiceDatabase<BudgetDbContext>(BudgetDbContext.SchemaName);
        builder.Services.AddScoped<BudgetLedger>();
        builder.Services.AddSingleton<BudgetGroups>();
        return builder;
    }

    /// <summary>Adds the consumers of the queue <c>budget</c>.</summary>
    public static void AddBudgetConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<ReserveBudgetConsumer, BudgetConsumerDefinition<ReserveBudgetConsumer>>();
        bus.AddConsumer<SettleBudgetConsumer, BudgetConsumerDefinition<SettleBudgetConsumer>>();
        bus.AddConsumer<ReleaseBudgetConsumer, BudgetConsumerDefinition<ReleaseBudgetConsumer>>();
    }
}
