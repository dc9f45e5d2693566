using System.Diagnostics;

namespace Orchestrator.UnitTests;

/// <summary>Waits for something that can be looked at, with a deadline. The only place of the unit tests that waits for time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static Task IsTrueAsync(Func<bool> condition, TimeSpan? within = null) =>
        GetAsync(() => condition() ? new object() : null, within);

    /// <summary>The same for what has to be asked for.</summary>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(20);
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > limit)
                throw new TimeoutException($"Not within {limit.TotalSeconds:0} s.");
            await Task.Delay(Pause);
        }
    }

    public static async Task<T> GetAsync<T>(Func<T?> look, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(20);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (look() is { } found)
                return found;
            if (watch.Elapsed > limit)
                throw new TimeoutException($"Not within {limit.TotalSeconds:0} s.");
            await Task.Delay(Pause);
        }
    }
}
