using System.Globalization;
using System.Text;

namespace Orchestrator.Execution.Processes;

/// <summary>Reads what <c>/proc</c> says of processes. Every read may find that the process has just gone.</summary>
internal static class ProcFile
{
    /// <summary>All living processes; zombies are not alive.</summary>
    public static List<ProcEntry> Living()
    {
        var found = new List<ProcEntry>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Entry(pid) is { } entry)
                found.Add(entry);
        }

        return found;
    }

    /// <summary>Whether the NUL-separated file (<c>cmdline</c>, <c>environ</c>) of the process has this item.</summary>
    public static bool Has(int pid, string file, ReadOnlySpan<byte> item)
    {
        var rest = Read(pid, file).AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)0);
            var current = end < 0 ? rest : rest[..end];
            if (current.SequenceEqual(item))
                return true;
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return false;
    }

    /// <summary>The process id inside its own, innermost PID namespace, or 0 when the process is gone.</summary>
    public static int InnerPid(int pid)
    {
        foreach (var line in Encoding.ASCII.GetString(Read(pid, "status")).Split('\n'))
        {
            if (line.StartsWith("NSpid:", StringComparison.Ordinal))
                return int.Parse(line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture);
        }

        return 0;
    }

    private static ProcEntry? Entry(int pid)
    {
        var text = Encoding.Latin1.GetString(Read(pid, "stat"));
        // The name is in parentheses and may hold any character, parentheses included.
        var name = text.LastIndexOf(')');
        if (name < 0)
            return null;
        var fields = text[(name + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields[0] is "Z" or "X"
            ? null
            : new ProcEntry(
                pid,
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                int.Parse(fields[3], CultureInfo.InvariantCulture),
                long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    private static byte[] Read(int pid, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/{file}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <summary>One process.</summary>
/// <param name="Pid">Its id here.</param>
/// <param name="Parent">Its parent's id.</param>
/// <param name="Session">Its session.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot; tells it from a later process with the same id.</param>
internal sealed record ProcEntry(int Pid, int Parent, int Session, long StartTicks);
