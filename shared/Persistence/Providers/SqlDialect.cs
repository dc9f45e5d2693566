using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Orchestrator.Persistence.Providers;

/// <summary>The few words in which the SQL of the two providers differs, and the statements made of them, once per model.</summary>
internal sealed class SqlDialect
{
    private static readonly ConditionalWeakTable<IModel, SqlDialect> Known = [];
    private readonly ConcurrentDictionary<string, string> _statements = new(StringComparer.Ordinal);
    private readonly ISqlGenerationHelper _names;
    private readonly IModel _model;

    private SqlDialect(ServiceDbContext db)
    {
        _model = db.Model;
        _names = db.GetService<ISqlGenerationHelper>();
        IsPostgres = db.Database.IsNpgsql();
        Clock = IsPostgres ? $"(select {_names.DelimitIdentifier("clock", db.Schema)}())" : "clock()";
    }

    public bool IsPostgres { get; }

    /// <summary>The database's time. On SQLite a function of the connection, ticks like every stored instant.</summary>
    public string Clock { get; }

    /// <summary>Writers of SQLite take turns, there is nothing to skip.</summary>
    public string SkipLocked => IsPostgres ? " for update skip locked" : "";

    /// <summary>Writers of SQLite take turns, there is nothing to lock.</summary>
    public string ForUpdate => IsPostgres ? " for update" : "";

    public static SqlDialect Of(ServiceDbContext db) => Known.GetValue(db.Model, _ => new SqlDialect(db));

    /// <summary>A parameter that can be added to <see cref="Clock"/>.</summary>
    public object Span(TimeSpan span) => IsPostgres ? span : span.Ticks;

    public string Statement(string name, Func<SqlDialect, string> make) =>
        _statements.TryGetValue(name, out var sql) ? sql : _statements.GetOrAdd(name, make(this));

    public string Table(Type entity) => _names.DelimitIdentifier(Entity(entity).GetTableName()!, Entity(entity).GetSchema());

    public string Column(Type entity, string property)
    {
        var type = Entity(entity);
        var column = type.FindProperty(property) ?? throw new InvalidOperationException($"{entity.Name}.{property} is not mapped.");
        return _names.DelimitIdentifier(column.GetColumnName(StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema()))!);
    }

    public string Key(Type entity) => string.Join(", ", Entity(entity).FindPrimaryKey()!.Properties.Select(property => Column(entity, property.Name)));

    private IEntityType Entity(Type entity) =>
        _model.FindEntityType(entity) ?? throw new InvalidOperationException($"{entity.Name} is not mapped in this context.");
}
