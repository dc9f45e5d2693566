using Microsoft.EntityFrameworkCore;
using Orchestrator.Budget.Ledger;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Startup;

namespace Orchestrator.Budget;

/// <summary>Reservations and the ledger.</summary>
public sealed class BudgetDbContext(DbContextOptions<BudgetDbContext> options) : ServiceDbContext(options, SchemaName)
{
    internal const string SchemaName = "budget";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfiguration(new ReservationConfiguration());
        modelBuilder.ApplyConfiguration(new LedgerEntryConfiguration());
    }
}

/// <summary>For <c>dotnet ef</c>.</summary>
public sealed class BudgetDesignTimeFactory() : DesignTimeFactory<BudgetDbContext>(BudgetDbContext.SchemaName, options => new BudgetDbContext(options));
