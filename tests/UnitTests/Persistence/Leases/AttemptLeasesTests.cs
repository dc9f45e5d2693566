using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.UnitTests.Persistence.Leases;

/// <summary>Leases and due rows on SQLite.</summary>
public sealed class AttemptLeasesTests : LeaseScenarios, IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult(_folder.Settings());
}
