using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.UnitTests.Persistence.Outbox;

/// <summary>SQLite and the bus in memory, as <c>orch dev</c> has them.</summary>
public sealed class TransactionalOutboxTests : OutboxScenarios, IDisposable
{
    private readonly SqliteFolder _folder = new();

    protected override int Sagas => 40;

    public void Dispose() => _folder.Dispose();

    protected override Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult(_folder.Settings());
}
