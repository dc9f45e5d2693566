using AwesomeAssertions;

namespace Orchestrator.UnitTests;

/// <summary>A promise in seconds, on a machine that is busy with other tests: what the product waits for it waits for every time, so the quickest of five runs shows it.</summary>
internal static class Promise
{
    private const int Runs = 5;

    public static async Task HoldsAsync(TimeSpan limit, Func<Task<TimeSpan>> run)
    {
        var taken = new List<TimeSpan>();
        do
            taken.Add(await run());
        while (taken[^1] >= limit && taken.Count < Runs);

        taken.Min().Should().BeLessThan(limit, "that is the promise; it took {0}", string.Join(", ", taken));
    }
}
