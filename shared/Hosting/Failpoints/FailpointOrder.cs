using System.Globalization;

namespace Orchestrator.Hosting.Failpoints;

/// <summary>What to do at a failpoint, such as <c>inbox.commit.after=crash@3</c>.</summary>
internal sealed record FailpointOrder(string Name, FailpointAction Action, TimeSpan Least, TimeSpan Most, int Seed, int? At)
{
    public static IReadOnlyList<FailpointOrder> ParseAll(string text) =>
        [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>Whether this hit is meant. A name may end in <c>*</c>; without a number every hit is.</summary>
    public bool Meets(string name, int hit) =>
        (At is null || At == hit) && (Name.EndsWith('*') ? name.StartsWith(Name.AsSpan(0, Name.Length - 1), StringComparison.Ordinal) : name == Name);

    /// <summary>The same for the same seed, name and hit, so that a run can be repeated.</summary>
    public TimeSpan DelayAt(string name, int hit)
    {
        if (Action != FailpointAction.Delay)
            return TimeSpan.Zero;
        var hash = (uint)Seed;
        foreach (var character in name)
            hash = (hash * 31) + character;
        return Least + ((Most - Least) * new Random((int)((hash * 31) + (uint)hit)).NextDouble());
    }

    private static FailpointOrder Parse(string text)
    {
        var sides = text.Split('=', 2);
        if (sides.Length != 2 || sides[0].Length == 0)
            throw Wrong(text, "it has the form name=action");
        var (what, at) = sides[1].Split('@', 2) is [var left, var right] ? (left, Number(text, right)) : (sides[1], (int?)null);
        var parts = what.Split(':');
        if (!Enum.TryParse<FailpointAction>(parts[0], ignoreCase: true, out var action) || int.TryParse(parts[0], CultureInfo.InvariantCulture, out _))
            throw Wrong(text, "the action is crash, stop, throw or delay");
        if (action != FailpointAction.Delay)
            return new FailpointOrder(sides[0], action, TimeSpan.Zero, TimeSpan.Zero, 0, at);
        var range = parts.Length > 1 ? parts[1].Split('-', 2) : throw Wrong(text, "a delay is delay:MS or delay:MS-MS[:SEED]");
        var least = TimeSpan.FromMilliseconds(Number(text, range[0]));
        var most = range.Length == 2 ? TimeSpan.FromMilliseconds(Number(text, range[1])) : least;
        return new FailpointOrder(sides[0], action, least, most, parts.Length > 2 ? Number(text, parts[2]) : 0, at);
    }

    private static int Number(string text, string part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(text, $"'{part}' is not a number");

    private static FormatException Wrong(string text, string why) => new($"{FailpointPlan.Orders}: '{text}' is no order: {why}.");
}

/// <summary>What happens at a failpoint.</summary>
internal enum FailpointAction
{
    /// <summary>SIGKILL to itself.</summary>
    Crash,

    /// <summary>SIGSTOP to itself: somebody outside looks at it, and kills it or lets it go on.</summary>
    Stop,

    /// <summary>An exception out of the place.</summary>
    Throw,

    /// <summary>A pause.</summary>
    Delay,
}
