using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Orchestrator.Gateway.Callbacks;

/// <summary>Which addresses a callback may connect to: the public internet, and what the operator opens. Looks at addresses, never at names.</summary>
public sealed class PublicAddresses
{
    // RFC 6890 and successors: this host, private, shared, loopback, link-local (cloud metadata), protocol assignments, documentation,
    // benchmarking, multicast, reserved; and what carries IPv4 inside IPv6.
    private static readonly IPNetwork[] Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    // Everything else of IPv6 is loopback, local, multicast, a translation of IPv4 or not given to anybody.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] _opened;

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    public PublicAddresses(IOptions<GatewayOptions> options)
        : this(options.Value.Callbacks, Dns.GetHostAddressesAsync)
    {
    }

    public PublicAddresses(CallbackOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _resolve = resolve;
        _opened = [.. (options.AllowedNetworks ?? []).Select(network => IPNetwork.TryParse(network, out var parsed)
            ? parsed
            : throw new InvalidOperationException($"Gateway:Callbacks:AllowedNetworks: '{network}' is no network such as 10.0.0.0/8."))];
    }

    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (Array.Exists(_opened, network => network.Contains(plain)))
            return true;
        return (plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain)) && !Array.Exists(Closed, network => network.Contains(plain));
    }

    /// <summary>False when the URL itself says that it leads to a closed address. What a name leads to is known at the connection only.</summary>
    public bool MayBeReached(Uri url) => url.HostNameType switch
    {
        UriHostNameType.IPv4 or UriHostNameType.IPv6 => Allows(IPAddress.Parse(url.DnsSafeHost)),
        _ => !IsLocalName(url.IdnHost.TrimEnd('.')) || Allows(IPAddress.Loopback),
    };

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Resolves, checks every address, and connects to one that was checked: a name that changes its mind in between gains nothing.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        var allowed = Array.FindAll(addresses, Allows);
        if (allowed.Length < addresses.Length || allowed.Length == 0)
            throw new HttpRequestException($"{host} is not a public address. The operator can open networks in Gateway:Callbacks:AllowedNetworks.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
