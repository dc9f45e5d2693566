using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Orchestrator.Persistence.Providers;

namespace Orchestrator.Persistence.Startup;

/// <summary>
/// Lets <c>dotnet ef migrations add</c> make the context without a host or a database. A service derives from it and
/// passes the name of its schema and its constructor.
/// </summary>
public abstract class DesignTimeFactory<TDb>(string schema, Func<DbContextOptions<TDb>, TDb> create) : IDesignTimeDbContextFactory<TDb>
    where TDb : ServiceDbContext
{
    /// <inheritdoc />
    public TDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<TDb>();
        Postgres.Configure(options, "Host=none", schema);
        options.UseSnakeCaseNamingConvention();
        return create(options.Options);
    }
}
