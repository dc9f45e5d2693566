using System.Text.Json;
using RabbitMQ.Client;

namespace Orchestrator.TestServers.RabbitMq;

/// <summary>A virtual host of one test.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Amqp">The URI to connect with, login and virtual host included.</param>
/// <param name="Management">The broker's management API.</param>
public sealed record RabbitMqVhost(string Name, Uri Amqp, RabbitMqManagement Management)
{
    /// <summary>Opens a connection.</summary>
    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = Amqp }.CreateConnectionAsync();

    /// <summary>Adds a user with all rights in this virtual host, and returns the URI to connect with.</summary>
    public async Task<Uri> AddUserAsync(string user)
    {
        await Management.PutAsync($"users/{user}", new { password = "pw", tags = "" });
        await Management.PutAsync($"permissions/{Name}/{user}", new { configure = ".*", write = ".*", read = ".*" });
        return new UriBuilder(Amqp) { UserName = user, Password = "pw" }.Uri;
    }

    /// <summary>A queue, as the console shows it.</summary>
    public Task<JsonElement> QueueAsync(string queue) => Management.GetAsync($"queues/{Name}/{queue}");

    /// <summary>What the console says of a queue; it lags by a second or two, and a new queue has no numbers (-1) at first.</summary>
    public async Task<(int Ready, int Unacknowledged, int Consumers)> NumbersAsync(string queue)
    {
        var numbers = await QueueAsync(queue);
        return (Number("messages_ready"), Number("messages_unacknowledged"), Number("consumers"));

        int Number(string name) => numbers.TryGetProperty(name, out var value) ? value.GetInt32() : -1;
    }

    /// <summary>Messages that are ready in a queue, now (the console's numbers lag).</summary>
    public async Task<uint> ReadyAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
    }

    /// <summary>Takes a message off a queue, or nothing when it is empty.</summary>
    public async Task<BasicGetResult?> TakeAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.BasicGetAsync(queue, autoAck: true);
    }

    /// <summary>Takes the next message off a queue, waiting for it.</summary>
    public Task<BasicGetResult> TakeNextAsync(string queue, TimeSpan? limit = null) =>
        Eventually.GetAsync(() => TakeAsync(queue), $"a message in {queue}", limit);
}
