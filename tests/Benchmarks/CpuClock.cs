using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>CPU time of services, broker and database: everything that this process started, directly or not, and not what else the machine does.</summary>
internal sealed class CpuClock
{
    private const double TicksPerSecond = 100;
    private readonly bool _withDriver;
    private readonly Dictionary<int, double> _start;

    /// <summary>Starts it.</summary>
    /// <param name="withDriver">Whether the driver counts too: where it is one end of what is measured.</param>
    public CpuClock(bool withDriver = false) => (_withDriver, _start) = (withDriver, Used(withDriver));

    /// <summary>Seconds of CPU since this clock was made.</summary>
    public double Seconds => Used(_withDriver).Sum(process => process.Value - _start.GetValueOrDefault(process.Key));

    /// <summary>Seconds by process name, for who wants to know where they went.</summary>
    public IReadOnlyDictionary<string, double> ByName() => Used(_withDriver)
        .GroupBy(process => Name(process.Key), process => process.Value - _start.GetValueOrDefault(process.Key), StringComparer.Ordinal)
        .Select(group => KeyValuePair.Create(group.Key, group.Sum())).Where(group => group.Value > 0)
        .ToDictionary(StringComparer.Ordinal);

    private static Dictionary<int, double> Used(bool withDriver)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<Entry>().ToDictionary(entry => entry.Id);
        return all.Values.Where(entry => IsOurs(entry, all) || (withDriver && entry.Id == Environment.ProcessId)).ToDictionary(entry => entry.Id, entry => entry.Seconds);
    }

    private static bool IsOurs(Entry entry, Dictionary<int, Entry> all)
    {
        for (var parent = entry.Parent; parent > 1; parent = all.TryGetValue(parent, out var next) ? next.Parent : 0)
        {
            if (parent == Environment.ProcessId)
                return true;
        }

        return false;
    }

    // pid (name) state ppid …; fields 14 to 17 are user and system time of the process and of the children it has waited for.
    private static Entry? Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture));
            return new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), ticks / TicksPerSecond);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Name(int id)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{id}/cmdline").Split('\0')[0];
            var name = Path.GetFileName(command.Split(' ')[0].TrimEnd(':'));
            return name.Length == 0 ? "other" : name;
        }
        catch (IOException)
        {
            return "other";
        }
    }

    private sealed record Entry(int Id, int Parent, double Seconds);
}
