using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Agents.Metering;
using Orchestrator.Agents.Prices;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>Starts relays. Connections to upstreams are shared by all of them.</summary>
public sealed class ModelRelays(IOptions<ModelsOptions> options, PriceList prices, TimeProvider time, ILoggerFactory logging) : IDisposable
{
    private readonly HttpMessageInvoker _direct = Client(useProxy: false);
    private readonly HttpMessageInvoker _outward = Client(useProxy: true);

    /// <summary>Starts the relay of one launch.</summary>
    /// <param name="api">Which upstream.</param>
    /// <param name="socket">Path of the unix socket to make, its folder readable by this service only; null listens on a free loopback port, for launches without a box or with network.</param>
    /// <param name="capMicroUsd">Micro-dollars that the launch may spend on its model; null is no cap.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ModelKeyMissingException">The upstream's secret is not there.</exception>
    public Task<ModelRelay> StartAsync(ModelApi api, string? socket, long? capMicroUsd, CancellationToken cancellationToken)
    {
        var upstream = options.Value.Of(api);
        var client = upstream.BaseUrl!.IsLoopback ? _direct : _outward;
        return ModelRelay.StartAsync(api, upstream.BaseUrl, Key(api, upstream), client, new ModelMeter(prices, capMicroUsd), options.Value.Silence, socket, time, logging, cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _direct.Dispose();
        _outward.Dispose();
    }

    private static HttpMessageInvoker Client(bool useProxy) => new(new SocketsHttpHandler
    {
        UseProxy = useProxy,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    private string? Key(ModelApi api, ModelUpstream upstream)
    {
        if (upstream.Secret is not { } secret)
            return null;
        var folder = options.Value.SecretsFolder ?? Environment.GetEnvironmentVariable("ORCHESTRATOR_SECRETS") ?? "/run/secrets/orchestrator";
        try
        {
            // Read at every start: a rotated key needs no restart.
            if (File.ReadAllText(Path.Combine(folder, secret)).Trim() is { Length: > 0 } key)
                return key;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelKeyMissingException(Missing(), error);
        }

        throw new ModelKeyMissingException(Missing());

        string Missing() => $"{ModelsOptions.Section}:{api}:{nameof(ModelUpstream.Secret)} names '{secret}', but {folder} has no such file with a key in it: put the key there.";
    }
}

/// <summary>The key of an upstream is not there.</summary>
public sealed class ModelKeyMissingException : Exception
{
    /// <summary>Creates it.</summary>
    public ModelKeyMissingException()
    {
    }

    /// <summary>Creates it with a message.</summary>
    public ModelKeyMissingException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a message and a cause.</summary>
    public ModelKeyMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
