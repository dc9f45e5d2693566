using System.Globalization;

namespace Orchestrator.ChaosTests.Oracle;

/// <summary>One thing that must hold at rest, how many cases were looked at, and those that break it. Of no cases nothing is shown.</summary>
internal sealed record Identity(string Name, long Count, IReadOnlyList<string> Broken)
{
    private const int Shown = 5;

    public bool Holds => Count > 0 && Broken.Count == 0;

    public override string ToString()
    {
        var verdict = Count == 0 ? "NOT SHOWN" : Broken.Count == 0 ? "holds" : string.Create(CultureInfo.InvariantCulture, $"BROKEN {Broken.Count} times");
        return string.Create(CultureInfo.InvariantCulture, $"{Name}: n = {Count}, {verdict}{string.Concat(Broken.Take(Shown).Select(line => $"\n    {line}"))}");
    }
}
