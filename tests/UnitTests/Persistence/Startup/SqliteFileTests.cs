using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.UnitTests.Persistence.Startup;

public sealed class SqliteFileTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_service_has_a_file_of_its_own_in_wal_mode()
    {
        await using var host = WorkshopHost.Build(_folder.Settings());
        await host.StartAsync();

        Directory.EnumerateFiles(_folder.Path, "*.db").Select(Path.GetFileName).Should().BeEquivalentTo("workshop.db", "notebook.db");
        (await ScalarAsync("workshop", "pragma journal_mode")).Should().Be("wal");
    }

    [Fact]
    public async Task File_of_another_version_is_refused_with_its_name_and_the_remedy()
    {
        await using (var host = WorkshopHost.Build(_folder.Settings()))
            await host.StartAsync();
        await ScalarAsync("notebook", "pragma user_version = 1");

        await using var next = WorkshopHost.Build(_folder.Settings());
        var start = () => next.StartAsync();

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*notebook.db was made by another version. Delete it*");
    }

    [Fact]
    public async Task Wrong_provider_is_named_at_start()
    {
        var settings = _folder.Settings();
        settings["Database:Provider"] = "mysql";

        await using var host = WorkshopHost.Build(settings);
        var start = () => host.StartAsync();

        (await start.Should().ThrowAsync<Exception>()).WithMessage("*Database:Provider is 'postgres' or 'sqlite'*");
    }

    private async Task<string?> ScalarAsync(string name, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, name)}.db");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (await command.ExecuteScalarAsync())?.ToString();
    }
}
