using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Audit;
using Orchestrator.Gateway.Tokens;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Access;

/// <summary>Who may come in, how often, with how much, and what is written down of it.</summary>
internal static class AccessRegistration
{
    /// <summary>
    /// Bytes of a request body that the server takes from the connection, whatever a route reads of it. A refused body up
    /// to this size is received and thrown away after the answer, for five seconds at most: a connection that is closed
    /// while its sender still writes is reset, and the sender sees that and not the problem. One that says it is larger
    /// is not received.
    /// </summary>
    private const long MaxReceived = 64 * JobAcceptance.MaxBytes;

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<AccessLog>();
        services.AddSingleton<AdminToken>();
        services.AddSingleton<TokenDirectory>();
        services.AddHostedService<RefusalAudit>();
        services.AddSingleton<IAuthorizationHandler, VerbHandler>();
        services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorization(options => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new Unlisted()).Build());
        services.AddRateLimiter(_ => { });
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, RateLimits>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<GatewayOptions>>((forwarded, gateway) => Trust(gateway.Value.TrustedProxies ?? [], forwarded));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxReceived);
    }

    /// <summary>Without proxies that the operator names, nobody's word counts for where a request comes from.</summary>
    private static void Trust(string[] proxies, ForwardedHeadersOptions forwarded)
    {
        forwarded.ForwardedHeaders = proxies.Length > 0 ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                forwarded.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                forwarded.KnownIPNetworks.Add(network);
            else
                throw new InvalidOperationException($"Gateway:TrustedProxies: '{proxy}' is neither an address nor a network such as 10.0.0.0/8.");
        }
    }
}
