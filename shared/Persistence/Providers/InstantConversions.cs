using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Orchestrator.Persistence.Providers;

/// <summary>PostgreSQL's <c>timestamptz</c> takes UTC only; an offset in the value is not an error here.</summary>
internal sealed class UtcInstant() : ValueConverter<DateTimeOffset, DateTimeOffset>(value => value.ToUniversalTime(), value => value);

/// <summary>SQLite has no time type: UTC ticks sort and compare as time does.</summary>
internal sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(value => value.UtcTicks, value => new DateTimeOffset(value, TimeSpan.Zero));
