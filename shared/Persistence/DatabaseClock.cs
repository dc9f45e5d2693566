namespace Orchestrator.Persistence;

/// <summary>
/// The clock of the service: what the database's <c>clock()</c> said last and the time that has passed since, so that every process
/// agrees with the database, a jump of the host's clock is no jump of the service's, and tests move time in one place. Until the
/// database says its time, and where the process is the database, it is the process's clock. Timers run in real time.
/// </summary>
public sealed class DatabaseClock(TimeProvider process) : TimeProvider
{
    /// <summary>Less than this is no difference of clocks.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(20);

    private long _offset;
    private Reading? _reading;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => process.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => process.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => At(process.GetTimestamp());

    /// <inheritdoc />
    public override long GetTimestamp() => process.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        process.CreateTimer(callback, state, dueTime, period);

    /// <summary>Takes the database's time. An answer that took long says only between which moments it is: what agrees with that stays as it is.</summary>
    /// <param name="database">What it said.</param>
    /// <param name="asked">The timestamp at which it was asked.</param>
    internal void Observe(DateTimeOffset database, long asked)
    {
        // One moment for all of it: the process may stand still between any two lines.
        var moment = process.GetTimestamp();
        var (now, latest) = (At(moment), database + process.GetElapsedTime(asked, moment));
        var agreed = now < database - Noise ? database : now > latest + Noise ? latest : now;
        if (_reading is null || agreed != now)
            Volatile.Write(ref _reading, new Reading(agreed, moment));
    }

    private DateTimeOffset At(long moment) => Volatile.Read(ref _reading) is { } reading
        ? reading.Time + process.GetElapsedTime(reading.Timestamp, moment)
        : process.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offset));

    internal void Set(TimeSpan offset) => Volatile.Write(ref _offset, offset.Ticks);

    private sealed record Reading(DateTimeOffset Time, long Timestamp);
}
