using Orchestrator.IntegrationTests.Fixtures;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.IntegrationTests;

/// <summary>Leases and due rows on PostgreSQL.</summary>
public sealed class AttemptLeasesTests : LeaseScenarios
{
    protected override async Task<Dictionary<string, string?>> SettingsAsync() => new()
    {
        ["ConnectionStrings:Postgres"] = await WorkshopDatabase.CreateAsync(),
        ["Messaging:Transport"] = "in-memory",
    };
}
