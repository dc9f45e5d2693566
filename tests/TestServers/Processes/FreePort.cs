using System.Net;
using System.Net.Sockets;

namespace Orchestrator.TestServers.Processes;

/// <summary>Ports that nobody listened on a moment ago.</summary>
public static class FreePort
{
    /// <summary>Finds distinct ports: all are held open until the last is found.</summary>
    public static int[] Find(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Stop();
        return ports;
    }
}
