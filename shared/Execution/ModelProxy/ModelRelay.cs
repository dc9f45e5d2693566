using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Agents;
using Orchestrator.Agents.Metering;
using Orchestrator.Execution.Sandbox;
using Yarp.ReverseProxy.Forwarder;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>
/// The one way from a launch to its model: a listener outside the box that passes the few allowed calls to one upstream and swaps the placeholder for the real
/// key, which is never in the box. It counts what the calls cost and refuses those beyond the launch's cap. Replies stream through. Made by <see cref="ModelRelays"/>; disposing ends it and removes its socket.
/// </summary>
public sealed class ModelRelay : IAsyncDisposable
{
    // sockaddr_un holds 108 bytes with the closing NUL.
    private const int LongestSocketPath = 107;

    private const int Connections = 64;

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private readonly ModelGate _gate;

    private readonly RefusalWatch _refusals;

    private ModelRelay(WebApplication app, RefusalWatch refusals, ModelMeter meter, ModelGate gate, string placeholder, string? socket)
    {
        _app = app;
        _gate = gate;
        Meter = meter;
        _refusals = refusals;
        Placeholder = placeholder;
        Socket = socket;
        Url = socket is null
            ? new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First())
            : BoxLayout.RelayUrl;
    }

    /// <summary>Base URL for the agent, without <c>/v1</c>.</summary>
    public Uri Url { get; }

    /// <summary>The key that the agent presents; good for this launch and this relay only.</summary>
    public string Placeholder { get; }

    /// <summary>The unix socket for <see cref="BoxLayout.ModelSocket"/>; null on loopback.</summary>
    public string? Socket { get; }

    /// <summary>The upstream's newest refusal, or null when a good answer came after it.</summary>
    public ModelRefusal? LastRefusal => _refusals.Last;

    /// <summary>What the calls came to.</summary>
    public ModelMeter Meter { get; }

    /// <summary>Ends it: no call is taken any more, and what those that are open have used is counted.</summary>
    public async Task EndAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await Task.WhenAny(_gate.EndedAsync(), Task.Delay(LongestEnd));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _app.DisposeAsync();
        _gate.Dispose();
        if (File.Exists(Socket))
            File.Delete(Socket);
    }

    /// <summary>Starts a relay on a unix socket, or on a free loopback port when <paramref name="socket"/> is null.</summary>
    internal static async Task<ModelRelay> StartAsync(
        ModelApi api,
        Uri upstream,
        string? key,
        HttpMessageInvoker client,
        ModelMeter meter,
        TimeSpan silence,
        string? socket,
        TimeProvider time,
        ILoggerFactory logging,
        CancellationToken cancellationToken)
    {
        if (socket is not null && System.Text.Encoding.UTF8.GetByteCount(socket) > LongestSocketPath)
            throw new ArgumentException($"'{socket}' is longer than the {LongestSocketPath} bytes that a unix socket's path can have; use a shorter work folder.", nameof(socket));

        var placeholder = $"sk-box-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging);
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, socket));
        var app = builder.Build();
        var refusals = new RefusalWatch(time);
        var request = new ForwarderRequestConfig { ActivityTimeout = silence, AllowResponseBuffering = false };
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var swap = new KeySwap(api, key, refusals);
        var gate = new ModelGate(meter, time, async context => await forwarder.SendAsync(context, upstream.AbsoluteUri, client, request, swap, context.RequestAborted));
        app.Run(context => gate.PassAsync(context, api, placeholder));
        try
        {
            await app.StartAsync(cancellationToken);
            if (socket is not null && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return new ModelRelay(app, refusals, meter, gate, placeholder, socket);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static void Listen(KestrelServerOptions kestrel, string? socket)
    {
        kestrel.AddServerHeader = false;
        // A prompt with a repository's context is long, and the upstream has its own limit.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentConnections = Connections;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        if (socket is null)
            kestrel.Listen(IPAddress.Loopback, 0);
        else
            kestrel.ListenUnixSocket(socket);
    }
}
