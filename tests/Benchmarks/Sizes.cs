using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>How much is measured: <c>name=value</c> on the command line over the full run, or over the one of less than three minutes after <c>quick</c>.</summary>
internal sealed record Sizes
{
    /// <summary>Jobs of one capacity run.</summary>
    public int Jobs { get; private init; } = 400;

    /// <summary>Capacity runs; the table shows their medians.</summary>
    public int Runs { get; private init; } = 5;

    /// <summary>Messages of each measurement of a limit.</summary>
    public int Messages { get; private init; } = 20_000;

    /// <summary>Jobs that run with nothing beside them.</summary>
    public int Alone { get; private init; } = 100;

    /// <summary>Jobs that are on their way while hand-over and submission are measured.</summary>
    public int InFlight { get; private init; } = 1000;

    /// <summary>Seconds of that measurement, once so many are on their way.</summary>
    public int Seconds { get; private init; } = 30;

    /// <summary>Jobs that wait for approval while the idle system is watched.</summary>
    public int Parked { get; private init; } = 10_000;

    /// <summary>Seconds of watching.</summary>
    public int Idle { get; private init; } = 20;

    /// <summary>Jobs in the database for the comparison with few; 0 leaves it out.</summary>
    public int Growth { get; private init; }

    public static Sizes Parse(string[] arguments)
    {
        var sizes = arguments.Contains("quick")
            ? new Sizes { Jobs = 100, Runs = 3, Messages = 5000, Alone = 20, InFlight = 100, Seconds = 10, Parked = 200, Idle = 8 }
            : new Sizes();
        foreach (var argument in arguments.Where(argument => argument != "quick"))
        {
            var parts = argument.Split('=', 2);
            var value = parts.Length == 2 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var number) && number >= 0
                ? number
                : throw new ArgumentException($"'{argument}' is not name=number; see README.md for the names.");
            sizes = parts[0] switch
            {
                "jobs" => sizes with { Jobs = value },
                "runs" => sizes with { Runs = value },
                "messages" => sizes with { Messages = value },
                "alone" => sizes with { Alone = value },
                "in-flight" => sizes with { InFlight = value },
                "seconds" => sizes with { Seconds = value },
                "parked" => sizes with { Parked = value },
                "idle" => sizes with { Idle = value },
                "growth" => sizes with { Growth = value },
                _ => throw new ArgumentException($"'{parts[0]}' is no size; use jobs, runs, messages, alone, in-flight, seconds, parked, idle or growth."),
            };
        }

        return sizes;
    }
}
