using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Orchestrator.ChaosTests.Driving;

/// <summary>
/// Kills services in the middle of something. Each is told by the seed at which hit of which failpoint to stand still; there the
/// database is asked what it holds, and SIGKILL ends it. One with empty hands goes on to its next time there, and one that does
/// not come to its place in time is stopped and killed where it is.
/// </summary>
internal sealed class Killer(ChaosSystem system, Random random)
{
    /// <summary>A service that was killed before takes its time to come back, and nothing flows meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    // Where a process has a transaction open, a message unsent or a lease in hand.
    private static readonly Dictionary<string, string[]> Places = new()
    {
        ["Gateway"] = ["outbox.commit.before", "outbox.publish.before", "outbox.publish.after", "outbox.delete.before"],
        ["Pipeline"] = ["outbox.commit.before", "outbox.commit.after", "outbox.publish.before", "outbox.publish.after", "outbox.delete.before"],
        ["Budget"] = ["outbox.commit.before", "outbox.commit.after", "outbox.publish.before", "outbox.publish.after", "outbox.delete.before"],
        ["Scheduler"] = [],
    };

    private static readonly string[] RunnerPlaces =
        ["outbox.commit.before", "outbox.publish.before", "outbox.publish.after", "intake.ack.before", "intake.ack.after", "artifact.rename.before", "artifact.rename.after", "lease.renew.before", "log.publish.before"];

    /// <summary>Every kill so far.</summary>
    public List<Kill> Kills { get; } = [];

    /// <summary>Ends of runner processes by this hand.</summary>
    public int Runners { get; private set; }

    /// <summary>Kills so often, one service after the other in an order by chance, or until the load fails.</summary>
    public async Task RunAsync(int kills, Task load)
    {
        await using var connection = await system.OpenAsync();
        while (Kills.Count < kills)
        {
            var round = ChaosSystem.Services.ToArray();
            random.Shuffle(round);
            foreach (var service in round.Take(kills - Kills.Count))
            {
                if (load.IsFaulted)
                    await load;
                await KillAsync(connection, service, load);
            }
        }
    }

    /// <summary>Kills runners so often, one role after the other, each while it holds a lease, or until the load fails.</summary>
    public async Task RunOnLeasesAsync(int kills, Task load)
    {
        await using var connection = await system.OpenAsync();
        while (Kills.Count < kills)
        {
            if (load.IsFaulted)
                await load;
            var service = ChaosSystem.Runners[Kills.Count % ChaosSystem.Runners.Count];
            var process = system.Of(service);
            Signals.Send(process.Process.Id, Signals.Stop);
            if (await Holdings.OfAsync(connection, process) is { Leases: > 0 } held)
                await EndAsync(process, service, "a lease", held);
            else
                Signals.Send(process.Process.Id, Signals.Continue);
            await Task.Delay(Look);
        }
    }

    private async Task KillAsync(NpgsqlConnection connection, string service, Task load)
    {
        var process = system.Of(service);
        var places = Places.GetValueOrDefault(service, RunnerPlaces);
        var order = places.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{places[random.Next(places.Length)]}=stop@{1 + random.Next(6)}");
        var watch = Stopwatch.StartNew();
        bool aimed;
        Holdings held;
        do
        {
            system.Order(service, order);
            Signals.Send(process.Process.Id, Signals.Continue);
            while (order.Length > 0 && watch.Elapsed < Patience && !load.IsFaulted && !Signals.IsStopped(process.Process.Id))
                await Task.Delay(Look);
            aimed = Signals.IsStopped(process.Process.Id);
            Signals.Send(process.Process.Id, Signals.Stop);
            held = await Holdings.OfAsync(connection, process);
        }
        while (aimed && !held.Any && watch.Elapsed < Patience);
        system.Order(service, "");
        await EndAsync(process, service, aimed ? order : $"{order} by the clock", held);
    }

    private async Task EndAsync(Incarnation process, string service, string where, Holdings held)
    {
        Kills.Add(new Kill(process.Name, process.Process.Id, where, held));
        Runners += ChaosSystem.Runners.Contains(service) ? 1 : 0;
        await (await system.KillAsync(service)).Process.WaitUntilReadyAsync();
    }
}

/// <summary>One kill.</summary>
/// <param name="Process">Which incarnation.</param>
/// <param name="Id">Its process.</param>
/// <param name="Where">The order that stopped it, or that the time was up.</param>
/// <param name="Held">What it had in hand.</param>
internal sealed record Kill(string Process, int Id, string Where, Holdings Held);
