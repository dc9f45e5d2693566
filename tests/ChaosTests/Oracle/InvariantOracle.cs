using System.Globalization;
using Npgsql;
using RabbitMQ.Client;

namespace Orchestrator.ChaosTests.Oracle;

/// <summary>What must hold when everything is at rest, whatever was done before. Every fault test ends with it.</summary>
internal sealed class InvariantOracle(Evidence evidence)
{
    private static readonly string[] Working = ["gateway-intake", "gateway-events", "pipeline", "planner-runner", "implementer-runner", "reviewer-runner", "budget", "scheduler", "failed-index"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until everything holds, a minute at most, and answers what was seen last.</summary>
    public async Task<Verdict> AtRestAsync(TimeSpan? limit = null)
    {
        var until = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            await using var connection = await evidence.System.OpenAsync();
            var verdict = await JudgeAsync(connection);
            if (verdict.Holds || until.Elapsed > (limit ?? TimeSpan.FromMinutes(1)))
            {
                Console.WriteLine(verdict);
                return verdict;
            }

            await Task.Delay(Look);
        }
    }

    /// <summary>Looks once, through this connection, so that a test can break something in a transaction of its own.</summary>
    public async Task<Verdict> JudgeAsync(NpgsqlConnection connection)
    {
        var identities = new List<Identity>();
        foreach (var (name, count, broken) in StoredIdentities.All)
            identities.Add(new Identity(name, (long)(await Command(connection, count).ExecuteScalarAsync())!, await ReadAsync(Command(connection, broken))));
        identities.Add(await CallbacksAsync(connection));
        identities.Add(await FailedQueuesAsync());
        identities.Add(await FileIdentities.HashesAsync(connection, evidence.System));
        identities.Add(FileIdentities.Temporary(evidence.System));
        identities.Add(FileIdentities.WorkFolders(evidence.System));
        identities.Add(FileIdentities.Processes(evidence.System));
        identities.Add(FileIdentities.Mounts(evidence.System, File.ReadAllLines("/proc/self/mountinfo")));
        identities.Add(await FileIdentities.SecretsAsync(connection, evidence.System));
        return new Verdict(identities);
    }

    private async Task<Identity> CallbacksAsync(NpgsqlConnection connection)
    {
        var over = await ReadAsync(Command(connection, "select job_id from gateway.jobs where callback_url is not null and status in ('Completed', 'Failed', 'Cancelled')"));
        var received = evidence.Receiver.Received.Values.CountBy(call => call.JobId).ToDictionary();
        var broken = over.Where(job => received.GetValueOrDefault(job) != 1).Select(job => string.Create(CultureInfo.InvariantCulture, $"job {job} is over and its receiver has {received.GetValueOrDefault(job)} results"))
            .Concat(received.Keys.Except(over).Select(job => $"a result of job {job} arrived, which is not over"));
        return new Identity("the receiver's unique ids = terminal jobs", over.Count, [.. broken]);
    }

    private async Task<Identity> FailedQueuesAsync()
    {
        await using var connection = await evidence.System.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var broken = new List<string>();
        foreach (var queue in Working)
        {
            var (found, sent) = (await DepthAsync(connection, $"{queue}.failed"), evidence.Poison.Sent.GetValueOrDefault(queue));
            if (found != sent)
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"{queue}.failed has {found} messages, {sent} were bad"));
            if (await DepthAsync(connection, queue) is > 0 and var waiting)
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"{queue} has {waiting} messages"));
        }

        return new Identity("<queue>.failed = what was injected, and the queues are empty", evidence.Poison.Count, broken);
    }

    /// <summary>A queue that was never needed is empty.</summary>
    private static async Task<long> DepthAsync(IConnection connection, string queue)
    {
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0;
        }
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql)
    {
        var repeated = evidence.Tap.Repeated.Where(message => message.Queue is "pipeline" or "budget" or "gateway-events").ToList();
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("accepted", evidence.Accepted.ToArray());
        command.Parameters.AddWithValue("lost", evidence.LostRunners);
        command.Parameters.AddWithValue("repeated_queues", repeated.Select(message => message.Queue).ToArray());
        command.Parameters.AddWithValue("repeated_ids", repeated.Select(message => message.MessageId).ToArray());
        command.Parameters.AddWithValue("poison_queues", evidence.Poison.Sent.Keys.ToArray());
        command.Parameters.AddWithValue("poison_counts", evidence.Poison.Sent.Values.Select(count => (long)count).ToArray());
        foreach (var unused in command.Parameters.Where(parameter => !sql.Contains($"@{parameter.ParameterName}", StringComparison.Ordinal)).ToList())
            command.Parameters.Remove(unused);
        return command;
    }

    private static async Task<List<string>> ReadAsync(NpgsqlCommand command)
    {
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }
}

/// <summary>What the oracle says.</summary>
internal sealed record Verdict(IReadOnlyList<Identity> Identities)
{
    public bool Holds => Identities.All(identity => identity.Holds);

    public IEnumerable<Identity> Broken => Identities.Where(identity => !identity.Holds);

    public override string ToString() => string.Join('\n', Identities.Prepend<object>("== oracle"));
}
