using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Orchestrator.ChaosTests.Driving;

namespace Orchestrator.ChaosTests.Oracle;

/// <summary>Identities that files, processes and mounts tell.</summary>
internal static class FileIdentities
{
    private const string Recorded = """
        select distinct file.value ->> 'Path', file.value ->> 'Sha256' from runner.attempt_leases, json_each(report::json -> 'Files') file where report is not null and state = 'finished'
        union select distinct file.value ->> 'Path', file.value ->> 'Sha256' from pipeline.runs, json_each(outcome_json::json -> 'Files') file where outcome_json is not null
        union select distinct document_path, document_sha256 from gateway.jobs
        """;

    /// <summary>Whatever the database names has the hash that it names.</summary>
    public static async Task<Identity> HashesAsync(NpgsqlConnection connection, ChaosSystem system)
    {
        await using var command = new NpgsqlCommand(Recorded, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var (count, broken) = (0, new List<string>());
        while (await reader.ReadAsync())
        {
            count++;
            var (path, recorded) = (reader.GetString(0), reader.GetString(1));
            var file = Path.Combine(system.Artifacts, path);
            if (!File.Exists(file))
                broken.Add($"{path} is not there");
            else if (Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))) is var found && found != recorded)
                broken.Add($"{path} has {found} instead of {recorded}");
        }

        return new Identity("each artifact has its recorded SHA-256", count, broken);
    }

    public static Identity Temporary(ChaosSystem system)
    {
        var files = Directory.EnumerateFiles(system.Artifacts, "*", SearchOption.AllDirectories).ToList();
        return new Identity("no temporary file", files.Count, [.. files.Where(file => Path.GetRelativePath(system.Artifacts, file).Split('/').Any(part => part.StartsWith(".tmp", StringComparison.Ordinal)))]);
    }

    /// <summary>Each runner that lives has its one folder with its lock, and nothing else is there.</summary>
    public static Identity WorkFolders(ChaosSystem system)
    {
        var instances = Directory.EnumerateDirectories(Path.Combine(system.Folder.FullName, "work", "a")).ToList();
        var broken = instances.SelectMany(Directory.EnumerateDirectories).Select(folder => $"{folder} is left over").ToList();
        if (instances.Count != ChaosSystem.Runners.Count)
            broken.Add(string.Create(CultureInfo.InvariantCulture, $"{instances.Count} folders of processes for {ChaosSystem.Runners.Count} runners"));
        return new Identity("no work folder", instances.Count, broken);
    }

    /// <summary>A process of the system carries its folder in its environment; each of them must be one that was started last.</summary>
    public static Identity Processes(ChaosSystem system)
    {
        var known = system.Running.Select(running => running.Process.Id).ToHashSet();
        var found = Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(folder => (Id: int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), Environment: Text($"{folder}/environ")))
            .Where(process => process.Environment.Contains(system.Folder.FullName, StringComparison.Ordinal)).Select(process => process.Id).ToList();
        var broken = found.Except(known).Select(id => string.Create(CultureInfo.InvariantCulture, $"process {id} is left over: {Text($"/proc/{id}/cmdline").Replace('\0', ' ')}"))
            .Concat(known.Except(found).Select(id => string.Create(CultureInfo.InvariantCulture, $"process {id} does not run")));
        return new Identity("no orphan process", found.Count, [.. broken]);
    }

    /// <summary>As the kernel lists them in <c>mountinfo</c>.</summary>
    public static Identity Mounts(ChaosSystem system, IReadOnlyCollection<string> mounts) =>
        new("no mount", mounts.Count, [.. mounts.Where(mount => mount.Contains(system.Folder.FullName, StringComparison.Ordinal))]);

    /// <summary>Rows of every table, and every file that a service wrote: artifacts, workspaces, logs.</summary>
    public static async Task<Identity> SecretsAsync(NpgsqlConnection connection, ChaosSystem system)
    {
        var (looked, broken) = (0L, new List<string>());
        foreach (var (table, rows) in await TablesAsync(connection))
        {
            looked += rows;
            await using var command = new NpgsqlCommand($"select count(*) from {table} kept where strpos(kept::text, @first) > 0 or strpos(kept::text, @second) > 0", connection);
            command.Parameters.AddWithValue("first", ChaosSystem.Canaries[0]);
            command.Parameters.AddWithValue("second", ChaosSystem.Canaries[1]);
            if ((long)(await command.ExecuteScalarAsync())! is > 0 and var hits)
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"{hits} rows of {table}"));
        }

        foreach (var file in new[] { system.Artifacts, system.Logs, Path.Combine(system.Folder.FullName, "work") }.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)))
        {
            looked++;
            var text = Text(file);
            broken.AddRange(ChaosSystem.Canaries.Where(canary => text.Contains(canary, StringComparison.Ordinal)).Select(_ => file));
        }

        return new Identity("no planted secret in any sink", looked, broken);
    }

    private static async Task<List<(string Table, long Rows)>> TablesAsync(NpgsqlConnection connection)
    {
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand("select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }

        var counted = new List<(string, long)>();
        foreach (var table in tables)
        {
            await using var count = new NpgsqlCommand($"select count(*) from {table}", connection);
            counted.Add((table, (long)(await count.ExecuteScalarAsync())!));
        }

        return counted;
    }

    private static string Text(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return reader.ReadToEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended, or was deleted, while we looked.
            return "";
        }
    }
}
