using System.Globalization;
using Orchestrator.Benchmarks;
using Orchestrator.TestServers.Systems;

// dotnet run -c Release --project tests/Benchmarks [jobs=400] [parked=1000]
var jobs = Argument(0, 400);
var parked = Argument(1, 1000);

var bare = await BareConsumer.MeasureAsync(20_000);
await using var system = await RunningSystem.StartAsync(settings: new Dictionary<string, string>
{
    ["Serilog__MinimumLevel__Default"] = "Warning",
    ["Runner__Slots"] = "16",
    ["Gateway__RequestsPerToken"] = "1000000",
    ["Gateway__RequestsPerAddress"] = "1000000",
});
await using var completed = await CompletedJobs.ListenAsync(system.Vhost);
var load = new Load(system, completed);

await load.CapacityAsync(100); // warm
var baseline = await load.IdleAsync(0, TimeSpan.FromSeconds(10));
var runs = new List<(double PerSecond, double CpuMs, IReadOnlyDictionary<string, double> ByName)>();
for (var i = 0; i < 5; i++)
    runs.Add(await load.CapacityAsync(jobs));
var capacity = Median(runs.Select(run => run.PerSecond));
var alone = await load.AloneAsync(50);
var steady = await load.SteadyAsync(capacity * 0.6, TimeSpan.FromSeconds(20));
var idle = await load.IdleAsync(parked, TimeSpan.FromSeconds(10));

Row("figure", "measured", "needed", "aim");
Row("---", "---", "---", "---");
Row("bare consumer on this broker, msg/s", $"{bare:0}", "", "");
Row("no-op 3-step jobs/s", $"{capacity:0.0}", "", "");
Row("jobs/s ÷ bare-consumer msg/s", $"1/{bare / capacity:0}", "1/60", "1/35");
Row("CPU of all processes per job, ms", $"{Median(runs.Select(run => run.CpuMs)):0.0}", "25", "12");
Row("one job alone p50 / p99, ms", $"{Percentile(alone, 50):0} / {Percentile(alone, 99):0}", "120 / 300", "40 / 120");
Row("hand-over p99 at 60 % of capacity, ms", $"{Percentile(steady.HandOver, 99):0}", "200", "100");
Row("submit p50 / p99 at 60 % of capacity, ms", $"{Percentile(steady.Submit, 50):0.0} / {Percentile(steady.Submit, 99):0.0}", "15 / 60", "8 / 30");
foreach (var (name, milliseconds) in runs[^1].ByName.Where(part => part.Value >= 0.1).OrderByDescending(part => part.Value))
    Row($"– of which {name}", $"{milliseconds:0.0}", "", "");
Row($"idle with {parked} parked jobs, share of a core", $"{idle:0.000}", $"baseline {baseline:0.000}", "");

int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

static double Median(IEnumerable<double> values) => Percentile([.. values], 50);

static double Percentile(double[] values, int percent)
{
    var sorted = values.Order().ToArray();
    return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(percent / 100.0 * sorted.Length) - 1, 0, sorted.Length - 1)];
}
