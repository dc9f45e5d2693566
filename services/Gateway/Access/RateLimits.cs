using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Problems;
using Orchestrator.Gateway.Tokens;

namespace Orchestrator.Gateway.Access;

/// <summary>
/// A bucket per address and, inside it, a bucket per token, filled before the token is looked at: guessing tokens costs as much as using one.
/// Buckets that are full again are dropped, so made-up tokens leave nothing behind.
/// </summary>
internal sealed class RateLimits(IOptions<GatewayOptions> gateway, AccessLog access) : IConfigureOptions<RateLimiterOptions>
{
    public void Configure(RateLimiterOptions options)
    {
        var limits = gateway.Value;
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                Exempt(context) ? RateLimitPartition.GetNoLimiter("health") : Bucket($"address:{Network(context.Connection.RemoteIpAddress)}", limits.RequestsPerAddress)),
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                Exempt(context) || TokenAuthentication.Presented(context.Request) is not { } token
                    ? RateLimitPartition.GetNoLimiter("none")
                    : Bucket($"token:{TokenText.Hash(token)}", limits.RequestsPerToken)));
        options.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.FromSeconds(1) ? after : TimeSpan.FromSeconds(1);
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            rejected.HttpContext.Response.Headers.RetryAfter = seconds;
            access.Refused(rejected.HttpContext, "rate_limited", audited: false);
            await new Problem(StatusCodes.Status429TooManyRequests, "rate_limited", "Too many requests from this token or address.", $"Try again in {seconds} s.").ExecuteAsync(rejected.HttpContext);
        };
    }

    private static bool Exempt(HttpContext context) => context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);

    /// <summary>Whoever has an IPv6 address has the 2^64 beside it too.</summary>
    private static string Network(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
            return address?.MapToIPv4().ToString() ?? "unknown";
        return Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8));
    }

    private static RateLimitPartition<string> Bucket(string key, int perMinute) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = perMinute,
        TokensPerPeriod = Math.Max(1, perMinute / 60),
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute * Math.Max(1, perMinute / 60),
        AutoReplenishment = true,
        QueueLimit = 0,
    });
}
