using System.Net;
using System.Net.Sockets;
using AwesomeAssertions;
using Orchestrator.Gateway.Callbacks;

namespace Orchestrator.UnitTests.Gateway.Callbacks;

public sealed class PublicAddressesTests
{
    // Each names a place that no result may go to: loopback, private, link-local and metadata, shared, multicast, reserved, IPv4 in IPv6, and ways to write them.
    public static TheoryData<string> ClosedHosts =>
    [
        "127.0.0.1", "127.1", "127.0.0.53", "127.255.255.254", "0.0.0.0", "0", "0.0.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.1",
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1", "3232235777", "169.254.169.254", "2852039166", "0xa9fea9fe", "169.254.170.2", "100.64.0.1", "100.100.100.200",
        "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[100::1]",
        "localhost", "LOCALHOST", "①②⑦.⓪.⓪.①",
    ];

    [Theory]
    [MemberData(nameof(ClosedHosts))]
    public async Task A_closed_place_gets_no_connection(string host)
    {
        using var listener = new Listener();
        var addresses = new PublicAddresses(new CallbackOptions(), Dns.GetHostAddressesAsync);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => PostAsync(addresses, $"http://{host}:{listener.Port}/hook"));

        (refused.InnerException ?? refused).Message.Should().Contain("is not a public address");
        listener.Connections.Should().Be(0);
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.167.255.255")]
    [InlineData("100.63.255.255")]
    [InlineData("169.253.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:800::200e")]
    [InlineData("::ffff:8.8.8.8")]
    public void A_public_address_is_allowed(string address)
    {
        new PublicAddresses(new CallbackOptions(), Dns.GetHostAddressesAsync).Allows(IPAddress.Parse(address)).Should().BeTrue();
    }

    [Fact]
    public async Task A_name_that_changes_its_mind_gains_nothing_the_address_that_was_checked_is_the_one_connected_to()
    {
        using var open = new Listener(IPAddress.Parse("127.0.0.2"));
        using var closed = new Listener(IPAddress.Parse("127.0.0.3"), open.Port);
        var asked = 0;
        var addresses = Opened("127.0.0.2/32", (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(++asked == 1 ? "127.0.0.2" : "127.0.0.3")]));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(addresses, $"http://rebind.example:{open.Port}/"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(addresses, $"http://rebind.example:{open.Port}/"));

        asked.Should().BeGreaterThan(1);
        open.Connections.Should().Be(1, "the first answer was allowed, and this listener says nothing");
        closed.Connections.Should().Be(0, "the second was not");
    }

    [Fact]
    public async Task A_name_with_one_closed_address_among_open_ones_is_refused()
    {
        using var listener = new Listener();
        var addresses = Opened("127.0.0.2/32", (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(addresses, $"http://mixed.example:{listener.Port}/"));

        listener.Connections.Should().Be(0);
    }

    [Fact]
    public void A_network_without_form_is_refused_by_name()
    {
        var act = () => Opened("10.0.0.0-10.0.0.9", Dns.GetHostAddressesAsync);

        act.Should().Throw<InvalidOperationException>().WithMessage("Gateway:Callbacks:AllowedNetworks: '10.0.0.0-10.0.0.9'*");
    }

    private static PublicAddresses Opened(string network, Func<string, CancellationToken, Task<IPAddress[]>> resolve) => new(new CallbackOptions { AllowedNetworks = [network] }, resolve);

    private static async Task PostAsync(PublicAddresses addresses, string url)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = addresses.ConnectAsync });
        using var answer = await http.PostAsync(new Uri(url), null);
    }

    /// <summary>Takes connections on every address of the machine, counts them and closes them.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _tcp;
        private int _connections;

        public Listener(IPAddress? address = null, int port = 0)
        {
            _tcp = new TcpListener(address ?? IPAddress.IPv6Any, port);
            if (address is null)
                _tcp.Server.DualMode = true;
            _tcp.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_tcp.LocalEndpoint).Port;

        public int Connections => _connections;

        public void Dispose() => _tcp.Dispose();

        private async Task AcceptAsync()
        {
            while (true)
            {
                try
                {
                    using var client = await _tcp.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _connections);
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
