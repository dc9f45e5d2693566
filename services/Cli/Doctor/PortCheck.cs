using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Cli.Doctor;

/// <summary>Whether a port can be bound on loopback, on every IPv4 address and on every IPv6 address: a listener on one of them need not show on the others.</summary>
public static class PortCheck
{
    /// <param name="port">The port.</param>
    /// <param name="devServer">The dev server that answers, or null.</param>
    public static IEnumerable<Check> Run(int port, Uri? devServer)
    {
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.Any, IPAddress.IPv6Any })
            yield return Try($"port {port} on {(address.Equals(IPAddress.IPv6Any) ? "::" : address)}", address, port, devServer);
    }

    private static Check Try(string name, IPAddress address, int port, Uri? devServer)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
            return Check.Ok(name, "no IPv6 on this machine");
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = false;
        try
        {
            socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return Check.Ok(name, "free");
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return devServer?.Port == port
                ? Check.Ok(name, $"held by the dev server {devServer}")
                : Check.Fail(name, "in use by another program", "Stop that program, or choose another port: orch dev --port 0");
        }
        catch (SocketException refused)
        {
            return Check.Warn(name, $"cannot be bound: {refused.Message}", "Look at the machine's network settings; `orch dev` needs 127.0.0.1 only.");
        }
    }
}
