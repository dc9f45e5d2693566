using Orchestrator.TestServers;

namespace Orchestrator.ChaosTests.Driving;

/// <summary>What an orchestrator of containers sees of the processes.</summary>
internal static class Health
{
    /// <summary>Waits until every service says that it is not ready, while each says that it lives, without a new process.</summary>
    public static Task RedAsync(this ChaosSystem system, TimeSpan limit) => system.EachAsync("is not ready, and lives", limit, async (client, _) => !await SaysYesAsync(client, "ready") && await SaysYesAsync(client, "live"));

    /// <summary>Waits until every service is ready again; the processes are those of before.</summary>
    public static Task GreenAsync(this ChaosSystem system, TimeSpan limit) => system.EachAsync("is ready again", limit, (client, _) => SaysYesAsync(client, "ready"));

    /// <summary>Waits until each working queue has its consumer.</summary>
    public static Task ConsumedAsync(this ChaosSystem system, TimeSpan limit) => Eventually.IsTrueAsync(
        async () =>
        {
            await using var connection = await system.Vhost.ConnectAsync();
            await using var channel = await connection.CreateChannelAsync();
            foreach (var queue in (string[])["gateway-intake", "gateway-events", "pipeline", "budget", "scheduler", "planner-runner", "implementer-runner", "reviewer-runner"])
            {
                if ((await channel.QueueDeclarePassiveAsync(queue)).ConsumerCount == 0)
                    return false;
            }

            return true;
        },
        "every queue is consumed",
        limit);

    private static async Task EachAsync(this ChaosSystem system, string what, TimeSpan limit, Func<HttpClient, Incarnation, Task<bool>> holds)
    {
        var before = system.Running.ToList();
        await Task.WhenAll(before.Select(async running =>
        {
            using var client = new HttpClient { BaseAddress = running.Process.Address, Timeout = TimeSpan.FromSeconds(5) };
            await Eventually.IsTrueAsync(() => holds(client, running), $"{running.Name} {what}", limit);
        }));
        if (system.Running.Any(running => !Directory.Exists($"/proc/{running.Process.Id}")))
            throw new InvalidOperationException("A process has ended.");
    }

    private static async Task<bool> SaysYesAsync(HttpClient client, string question)
    {
        try
        {
            using var answer = await client.GetAsync($"/health/{question}");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
