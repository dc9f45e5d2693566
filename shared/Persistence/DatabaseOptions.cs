using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Persistence;

/// <summary>Where the services keep their state.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Database";

    /// <summary><c>postgres</c> (by <c>ConnectionStrings:Postgres</c>) or <c>sqlite</c> (one file per service in <see cref="Folder"/>).</summary>
    [RegularExpression("^(postgres|sqlite)$", ErrorMessage = "Database:Provider is 'postgres' or 'sqlite'.")]
    public string Provider { get; set; } = "postgres";

    /// <summary>Folder of the SQLite files.</summary>
    [Required]
    public string Folder { get; set; } = ".orch/data";

    /// <summary>Most connections of one process to PostgreSQL. Each learns tables and statements for itself, so more of them than are busy make all work dearer.</summary>
    [Range(1, 1000)]
    public int PoolSize { get; set; } = 20;

    /// <summary>Whether the service brings its schema up to date when it starts; otherwise it waits until <c>migrate</c> has.</summary>
    public bool MigrateAtStart { get; set; } = true;

    /// <summary>How long a starting service waits for the database and its schema.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a committed message may take to be delivered before the sweep sends it again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan OutboxLease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between two sweeps for messages that nobody delivered.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan OutboxSweep { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the ids of handled messages are kept.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromHours(24);
}
