using System.Diagnostics;

namespace Orchestrator.TestServers;

/// <summary>The one way to wait for something that nothing announces.</summary>
public static class Eventually
{
    /// <summary>Asks until the answer is true.</summary>
    public static Task IsTrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null) =>
        GetAsync(async () => await condition() ? what : null, what, limit);

    /// <summary>Asks until there is an answer.</summary>
    /// <exception cref="TimeoutException">There was none within the limit (20 s).</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> ask, string what, TimeSpan? limit = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (watch.Elapsed > (limit ?? TimeSpan.FromSeconds(20)))
                throw new TimeoutException($"Not within {limit ?? TimeSpan.FromSeconds(20)}: {what}");
            await Task.Delay(25);
        }
    }
}
