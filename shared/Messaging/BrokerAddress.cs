using MassTransit;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace Orchestrator.Messaging;

/// <summary>Where the broker is and as whom to log in.</summary>
internal sealed record BrokerAddress(
    string Host, ushort Port, string VirtualHost, string Username, string Password, bool Tls, TimeSpan Heartbeat, string Connection)
{
    private const string Setting = "ConnectionStrings:RabbitMq";

    public static BrokerAddress From(IConfiguration configuration, MessagingOptions options, string service)
    {
        var text = configuration[Setting];
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
            throw new InvalidOperationException($"{Setting} must be an amqp URI such as amqp://user@rabbitmq:5672/orchestrator (or set Messaging:Transport to in-memory).");
        var login = uri.UserInfo.Split(':', 2);
        var path = uri.AbsolutePath.TrimStart('/');
        return new BrokerAddress(
            uri.Host,
            (ushort)(uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672),
            path.Length == 0 ? "/" : Uri.UnescapeDataString(path),
            options.Username ?? (login[0].Length > 0 ? Uri.UnescapeDataString(login[0]) : "guest"),
            options.Password ?? (login.Length > 1 ? Uri.UnescapeDataString(login[1]) : "guest"),
            uri.Scheme == "amqps",
            options.Heartbeat,
            $"{service}@{Environment.MachineName}");
    }

    /// <summary>For connections of our own. They do not mend themselves: their owner makes the next one.</summary>
    public ConnectionFactory Factory() => new()
    {
        HostName = Host,
        Port = Port,
        VirtualHost = VirtualHost,
        UserName = Username,
        Password = Password,
        RequestedHeartbeat = Heartbeat,
        AutomaticRecoveryEnabled = false,
        Ssl = new SslOption { Enabled = Tls, ServerName = Host },
    };

    public void Apply(IRabbitMqHostConfigurator host)
    {
        host.Username(Username);
        host.Password(Password);
        host.Heartbeat(Heartbeat);
        host.PublisherConfirmation = true;
        if (Tls)
            host.UseSsl(ssl => ssl.ServerName = Host);
    }

    // A record's ToString names every member: this one must not name the password.
    public override string ToString() => $"{(Tls ? "amqps" : "amqp")}://{Username}@{Host}:{Port}/{VirtualHost}";
}
