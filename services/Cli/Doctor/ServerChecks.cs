using System.Net;
using System.Net.Sockets;
using Npgsql;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Orchestrator.Cli.Doctor;

/// <summary>Servers that this environment names: the gateway, the broker, the database. What is not configured is not looked for.</summary>
public static class ServerChecks
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The check, and whether a gateway answered, ready or not.</summary>
    public static async Task<(Check Check, bool Answers)> GatewayAsync(OrchestratorClient server, CancellationToken stop)
    {
        const string name = "gateway";
        try
        {
            var health = await server.HealthAsync(stop);
            return (Check.Ok(name, $"{server.Server.Url} is {health.Json.Text("status")} (from {server.Server.Origin})"), true);
        }
        catch (ServerUnreachableException silent)
        {
            return (Check.Warn(name, silent.Message, "Start it, or remove the address: orch dev"), false);
        }
        catch (ApiException refused)
        {
            return (Check.Warn(name, $"{server.Server.Url} is not ready: {refused.Message}", $"Look: curl {server.Server.Url}health/ready"), refused.Status == HttpStatusCode.ServiceUnavailable);
        }
    }

    public static async Task<Check?> BrokerAsync(string? address, CancellationToken stop)
    {
        const string name = "broker";
        if (address is null)
            return null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
            return Check.Fail(name, "ConnectionStrings__RabbitMq is no amqp:// address", "Write it as amqp://user:password@host:5672/vhost");
        try
        {
            var factory = new ConnectionFactory { Uri = uri, RequestedConnectionTimeout = Limit, ContinuationTimeout = Limit, AutomaticRecoveryEnabled = false };
            await using var connection = await factory.CreateConnectionAsync(stop);
            var version = connection.ServerProperties?.TryGetValue("version", out var bytes) == true && bytes is byte[] text ? System.Text.Encoding.UTF8.GetString(text) : "?";
            return Check.Ok(name, $"RabbitMQ {version} at {uri.Host}:{factory.Port}");
        }
        catch (Exception failure) when (failure is BrokerUnreachableException or OperationInterruptedException or SocketException or TimeoutException)
        {
            return Check.Fail(name, $"{uri.Host}: {(failure.InnerException ?? failure).Message}", "Start RabbitMQ, or correct ConnectionStrings__RabbitMq.");
        }
    }

    public static async Task<Check?> DatabaseAsync(string? connectionString, CancellationToken stop)
    {
        const string name = "database";
        if (connectionString is null)
            return null;
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { Timeout = (int)Limit.TotalSeconds, Pooling = false };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(stop);
            return connection.PostgreSqlVersion.Major >= 15
                ? Check.Ok(name, $"PostgreSQL {connection.PostgreSqlVersion} at {settings.Host}:{settings.Port}")
                : Check.Fail(name, $"PostgreSQL {connection.PostgreSqlVersion} is older than 15", "Use PostgreSQL 15 or newer.");
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException or ArgumentException)
        {
            return Check.Fail(name, failure.Message, "Start PostgreSQL, or correct ConnectionStrings__Postgres.");
        }
    }
}
