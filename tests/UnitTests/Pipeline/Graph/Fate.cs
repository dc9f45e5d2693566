using System.Globalization;

namespace Orchestrator.UnitTests.Pipeline.Graph;

/// <summary>Decides how the n-th launch of a step ends and what a person says of it, the same whenever it is asked.</summary>
internal sealed class Fate(int seed, int badOfTen = 4)
{
    public bool Good(string step, int launch) => Roll(step, launch).Next(10) >= badOfTen;

    /// <summary>After the third launch nobody tries again, so that every run ends.</summary>
    public Answer Answer(string step, int launch)
    {
        var roll = Roll(step, launch);
        roll.Next();
        return (Answer)roll.Next(launch < 3 ? 3 : 2);
    }

    private Random Roll(string step, int launch) => new(unchecked((seed * 31) + (int.Parse(step.AsSpan(1), CultureInfo.InvariantCulture) * 7919) + (launch * 104729)));
}
