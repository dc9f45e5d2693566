using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>CPU time of the whole machine: services, broker, database and kernel work for them. Run it on a machine that does nothing else.</summary>
internal sealed class CpuClock
{
    private readonly double _start = BusySeconds();
    private readonly TimeSpan _own = Environment.CpuUsage.TotalTime;

    /// <summary>Seconds of CPU since this clock was made, without those of the driver itself.</summary>
    public double Seconds => BusySeconds() - _start - (Environment.CpuUsage.TotalTime - _own).TotalSeconds;

    // user nice system idle iowait irq softirq steal, in hundredths of a second
    private static double BusySeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6]) / 100;
    }
}
