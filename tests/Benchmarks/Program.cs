using System.Diagnostics;
using Orchestrator.Benchmarks;
using Orchestrator.Benchmarks.Limits;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.Systems;

var table = new Table();
if (args is ["redaction"])
{
    RedactionSpeed.AddTo(table);
    table.Print();
    return;
}

var sizes = Sizes.Parse(args);
var watch = Stopwatch.StartNew();

Say("broker and database");
await using var postgres = await StartPostgresAsync();
await using var bare = await BareConsumer.StartAsync();
await bare.MeasureAsync(sizes.Messages / 4); // warm
var raw = await RawBroker.MeasureAsync(sizes.Messages, alone: 200);
var transactions = await BareTransactions.MeasureAsync(await postgres.NewDatabaseAsync(), sizes.Jobs * 4);

Say("services");
var database = await postgres.NewDatabaseAsync();
await using var system = await RunningSystem.StartAsync(settings: new Dictionary<string, string>
{
    ["ConnectionStrings__Postgres"] = database,
    // A machine that is busy with something else must not look like a runner that died.
    ["Lease__Duration"] = "00:00:30",
    ["Lease__SweepInterval"] = "00:00:02",
    // A runner that takes whatever comes, and a window that keeps it supplied: what is measured is the way of a step, not the waiting for a slot.
    ["Runner__Slots"] = "1024",
    ["Pipeline__DispatchWindow"] = "256",
    ["Gateway__RequestsPerToken"] = "1000000",
    ["Gateway__RequestsPerAddress"] = "1000000",
});
await using var completed = await CompletedJobs.ListenAsync(system.Vhost);
var load = new Load(system, completed);
var idle = new IdleSystem(system, database);

Say("warm");
var warm = await load.CapacityAsync(sizes.Jobs);
Say($"warm: {warm.PerSecond:0.0} jobs/s at {warm.CpuMs:0.0} ms; {Parts(warm)}");
await IdleSystem.CalmAsync();
Say("idle");
var baseline = await idle.WatchAsync(TimeSpan.FromSeconds(sizes.Idle));
Say($"idle: {baseline.Cpu:0.000} of a core, {baseline.Transactions:0.0} transactions/s; {baseline.Parts}");
var memory = idle.Memory();
var halfway = memory;

var limits = new List<(double PerSecond, double CpuMs)>();
var runs = new List<Capacity>();
for (var i = 0; i < sizes.Runs; i++)
{
    // Side by side, since the machine is not the same from minute to minute.
    limits.Add(await bare.MeasureAsync(sizes.Messages));
    runs.Add(await load.CapacityAsync(sizes.Jobs));
    if (i == (sizes.Runs - 1) / 2)
        halfway = idle.Memory();
    Say($"capacity {i + 1}: {runs[^1].PerSecond:0.0} jobs/s at {runs[^1].CpuMs:0.0} ms, bare consumer {limits[^1].PerSecond:0} msg/s at {limits[^1].CpuMs:0.00} ms; {Parts(runs[^1])}");
}

var full = idle.Memory();
var perSecond = runs.Select(run => run.PerSecond).Median();
var ratio = runs.Zip(limits).Select(pair => pair.Second.PerSecond / pair.First.PerSecond).Median();
var cpu = runs.Select(run => run.CpuMs).Median();
Say("alone");
var alone = await load.AloneAsync(sizes.Alone);
Say($"{sizes.InFlight} in flight");
var steady = await load.SteadyAsync(perSecond * 0.6, sizes.InFlight, TimeSpan.FromSeconds(sizes.Seconds));
Say($"{sizes.Parked} parked");
await load.ParkAsync(sizes.Parked);
await IdleSystem.CalmAsync();
var parked = await idle.WatchAsync(TimeSpan.FromSeconds(sizes.Idle));

if (sizes.Growth > 0)
    await CompareGrowthAsync();

table.Note("limit: raw broker, confirmed and acknowledged, msg/s", $"{raw.PerSecond:0} (one alone {raw.Milliseconds.Percentile(50):0.0} ms)");
table.Note("limit: bare consumer, msg/s", $"{limits.Select(limit => limit.PerSecond).Median():0} (CPU {limits.Select(limit => limit.CpuMs).Median():0.00} ms each)");
table.Note("limit: four least transactions, jobs/s", $"{transactions.PerSecond:0} (CPU {transactions.CpuMs:0.0} ms each)");
table.Note("no-op 3-step jobs/s", $"{perSecond:0.0} (1/{transactions.PerSecond / perSecond:0} of the transactions)");
table.Figure("bare-consumer msg/s for one job/s", $"{ratio:0}", [ratio], [60], [35]);
table.Figure("CPU of all processes per job, ms", $"{cpu:0.0}", [cpu], [25], [12]);
foreach (var (name, _) in runs[^1].ByName.OrderByDescending(part => part.Value))
    table.Note($"– of which {name}", $"{runs.Select(run => run.ByName.GetValueOrDefault(name)).Median():0.0}");
Milliseconds("one job alone p50 / p99, ms", alone, [50, 99], [120, 300], [40, 120]);
Milliseconds($"hand-over p99, {sizes.InFlight} jobs in flight, 60 % of capacity, ms", steady.HandOver, [99], [200], [100]);
Milliseconds("submit p50 / p99, 60 % of capacity, ms", steady.Submit, [50, 99], [15, 60], [8, 30]);
table.Figure("idle, transactions/s per service", $"{baseline.Transactions / RunningSystem.Services.Count:0.00}", [Math.Round(baseline.Transactions / RunningSystem.Services.Count, 2)], [1], [0.5]);
table.Figure($"idle with {sizes.Parked} parked jobs, share of a core", $"{parked.Cpu:0.000} (baseline {baseline.Cpu:0.000})", [parked.Cpu], [Math.Round((baseline.Cpu * 1.1) + 0.005, 3)], [Math.Round(baseline.Cpu, 3)]);
table.Figure($"idle with {sizes.Parked} parked jobs, transactions/s", $"{parked.Transactions:0.0} (baseline {baseline.Transactions:0.0})", [parked.Transactions], [Math.Round((baseline.Transactions * 1.1) + 1, 1)], [Math.Round(baseline.Transactions, 1)]);
RedactionSpeed.AddTo(table);
foreach (var (name, mebibytes) in memory)
    table.Note($"memory of {name}, MiB: after {sizes.Jobs} jobs, half way, after {sizes.Jobs * (1 + sizes.Runs)}", $"{mebibytes} → {halfway[name]} → {full[name]}");
table.Print();

async Task CompareGrowthAsync()
{
    Say("alone, before growing");
    var before = (await load.AloneAsync(sizes.Alone)).Percentile(95);
    var jobs = await GrownDatabase.GrowAsync(database, sizes.Growth);
    Say($"alone, {jobs} jobs in the database");
    await load.AloneAsync(sizes.Alone / 4); // plans and caches
    var grown = (await load.AloneAsync(sizes.Alone)).Percentile(95);
    table.Figure($"one job alone p95, {jobs} jobs in the database ÷ few", $"{grown:0.0} / {before:0.0} ms = {grown / before:0.00}", [grown / before], [1.3], [1.1]);
}

// A server of the environment says nothing of its CPU.
static async Task<IPostgresServer> StartPostgresAsync() => Environment.GetEnvironmentVariable("ORCH_TEST_POSTGRES") is { Length: > 0 }
    ? await PostgresServer.SharedAsync()
    : await PostgresServer.StartOwnAsync(durable: true);

void Say(string what) => Console.Error.WriteLine($"[{watch.Elapsed.TotalSeconds,4:0} s, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}] {what}");

static string Parts(Capacity run) => string.Join(", ", run.ByName.OrderByDescending(part => part.Value).Select(part => $"{part.Key.Replace("Orchestrator.", "", StringComparison.Ordinal)} {part.Value:0.0}"));

void Milliseconds(string name, double[] times, int[] percents, double[] needed, double[] aim)
{
    double[] values = [.. percents.Select(percent => times.Percentile(percent))];
    table.Figure(name, string.Join(" / ", values.Select(value => $"{value:0.0}")), values, needed, aim);
}
