using System.Diagnostics;

namespace Orchestrator.UnitTests;

/// <summary>Waits for something that can be looked at, with a deadline. The only place of the unit tests that waits for time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static Task IsTrueAsync(Func<bool> condition, TimeSpan? within = null) =>
        GetAsync(() => condition() ? new object() : null, within);

    /// <summary>The same for what has to be asked for.</summary>
    public static Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan? within = null) =>
        FindAsync(async () => await condition() ? new object() : null, within);

    public static Task<T> GetAsync<T>(Func<T?> look, TimeSpan? within = null) => FindAsync(() => Task.FromResult(look()), within);

    private static async Task<T> FindAsync<T>(Func<Task<T?>> look, TimeSpan? within)
    {
        var limit = within ?? TimeSpan.FromSeconds(20);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await look() is { } found)
                return found;
            if (watch.Elapsed > limit)
                throw new TimeoutException($"Not within {limit.TotalSeconds:0} s.");
            await Task.Delay(Pause);
        }
    }
}
