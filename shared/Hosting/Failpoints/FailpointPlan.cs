using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Hosting.Failpoints;

/// <summary>What this process does at its failpoints, and the record of every hit.</summary>
internal sealed partial class FailpointPlan
{
    public const string Orders = "ORCHESTRATOR_FAILPOINTS";
    public const string Record = "ORCHESTRATOR_FAILPOINTS_RECORD";

    private const int Kill = 9;
    private const int Stop = 19;
    private readonly Dictionary<string, int> _hits = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly string? _file;
    private readonly string? _record;
    private IReadOnlyList<FailpointOrder> _orders = [];
    private DateTime _read;

    /// <param name="orders">The orders, or <c>@file</c> for a file that is read again whenever it changes; hits are counted from then.</param>
    /// <param name="record">File of the record, or null.</param>
    public FailpointPlan(string orders, string? record)
    {
        _record = record;
        if (orders.StartsWith('@'))
            _file = orders[1..];
        else
            _orders = FailpointOrder.ParseAll(orders);
    }

    public static FailpointPlan? FromEnvironment()
    {
        var orders = Environment.GetEnvironmentVariable(Orders);
        var record = Environment.GetEnvironmentVariable(Record);
        return string.IsNullOrEmpty(orders) && string.IsNullOrEmpty(record) ? null : new FailpointPlan(orders ?? "", string.IsNullOrEmpty(record) ? null : record);
    }

    /// <summary>Counts and records the hit, and does what is ordered; the caller waits for what comes back.</summary>
    /// <exception cref="FailpointException">It was ordered.</exception>
    public TimeSpan Hit(string name)
    {
        FailpointOrder? order;
        int hit;
        lock (_gate)
        {
            ReadAgain();
            hit = _hits[name] = _hits.GetValueOrDefault(name) + 1;
            order = _orders.FirstOrDefault(order => order.Meets(name, hit));
            Write(name, hit, order);
        }

        switch (order?.Action)
        {
            case FailpointAction.Crash:
                _ = Signal(Environment.ProcessId, Kill);
                return Timeout.InfiniteTimeSpan;
            case FailpointAction.Stop:
                _ = Signal(Environment.ProcessId, Stop);
                return TimeSpan.Zero;
            case FailpointAction.Throw:
                throw new FailpointException(name);
            default:
                return order?.DelayAt(name, hit) ?? TimeSpan.Zero;
        }
    }

    private void ReadAgain()
    {
        if (_file is null || File.GetLastWriteTimeUtc(_file) is var written && written == _read)
            return;
        _orders = FailpointOrder.ParseAll(File.Exists(_file) ? File.ReadAllText(_file) : "");
        _read = written;
        _hits.Clear();
    }

    /// <summary>One line a hit: process, name, number, action. What was written stays when the process is killed in the next moment.</summary>
    private void Write(string name, int hit, FailpointOrder? order)
    {
        if (_record is null)
            return;
        var action = order is null ? "-" : order.Action.ToString().ToLowerInvariant();
        File.AppendAllText(_record, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {name} {hit} {action}\n"));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}

/// <summary>A failpoint was told to throw.</summary>
/// <param name="name">Which.</param>
public sealed class FailpointException(string name) : Exception($"Failpoint {name} was told to throw.");
