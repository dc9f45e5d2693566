using Microsoft.Data.Sqlite;

namespace Orchestrator.UnitTests.Persistence;

/// <summary>A folder for the databases of one test.</summary>
internal sealed class SqliteFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orch-sqlite-");

    public string Path => _folder.FullName;

    /// <summary>Settings of a host as <c>orch dev</c> has them: SQLite, bus in memory.</summary>
    public Dictionary<string, string?> Settings() => new()
    {
        ["Database:Provider"] = "sqlite",
        ["Database:Folder"] = Path,
        ["Messaging:Transport"] = "in-memory",
    };

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
