using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.UnitTests.Persistence.Outbox;

/// <summary>SQLite and the bus in memory, as <c>orch dev</c> has them.</summary>
public sealed class TransactionalOutboxTests : OutboxScenarios, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orch-outbox-");

    protected override int Sagas => 40;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    protected override Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult(new Dictionary<string, string?>
    {
        ["Database:Provider"] = "sqlite",
        ["Database:Folder"] = _folder.FullName,
        ["Messaging:Transport"] = "in-memory",
    });
}
