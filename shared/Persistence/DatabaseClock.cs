namespace Orchestrator.Persistence;

/// <summary>
/// The clock of the service: the process's clock, corrected by what the database's <c>clock()</c> said last, so that
/// every process agrees with the database and tests move time in one place. Timers run in real time.
/// </summary>
public sealed class DatabaseClock(TimeProvider process) : TimeProvider
{
    /// <summary>Less than this is the time of a round trip, not a difference of clocks.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(20);

    private long _offset;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => process.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => process.TimestampFrequency;

    /// <summary>What is added to the process's clock.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Volatile.Read(ref _offset));

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => process.GetUtcNow() + Offset;

    /// <inheritdoc />
    public override long GetTimestamp() => process.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        process.CreateTimer(callback, state, dueTime, period);

    internal void Observe(DateTimeOffset database)
    {
        var offset = database - process.GetUtcNow();
        if ((offset - Offset).Duration() > Noise)
            Volatile.Write(ref _offset, offset.Ticks);
    }

    internal void Set(TimeSpan offset) => Volatile.Write(ref _offset, offset.Ticks);
}
