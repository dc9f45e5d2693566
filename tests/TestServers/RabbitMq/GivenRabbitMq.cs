namespace Orchestrator.TestServers.RabbitMq;

/// <summary>A broker that somebody else runs.</summary>
internal sealed class GivenRabbitMq(RabbitMqManagement management) : IRabbitMqServer
{
    public string Version { get; private init; } = "";

    public static async Task<GivenRabbitMq> ConnectAsync(Uri amqp, Uri http, string source)
    {
        var management = new RabbitMqManagement(amqp, http);
        var version = await management.VersionAsync();
        ServerSource.Note("rabbitmq", version, source);
        return new GivenRabbitMq(management) { Version = version };
    }

    public Task<RabbitMqVhost> NewVhostAsync() => management.NewVhostAsync();

    public ValueTask DisposeAsync()
    {
        management.Dispose();
        return ValueTask.CompletedTask;
    }
}
