using System.Globalization;
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
                Exempt(context) ? RateLimitPartition.GetNoLimiter("health") : Bucket($"address:{AccessLog.Address(context)}", limits.RequestsPerAddress)),
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                Exempt(context) || TokenAuthentication.Presented(context.Request) is not { } token
                    ? RateLimitPartition.GetNoLimiter("none")
                    : Bucket($"token:{TokenText.Hash(token)}", limits.RequestsPerToken)));
        options.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.FromSeconds(1) ? after : TimeSpan.FromSeconds(1);
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            rejected.HttpContext.Response.Headers.RetryAfter = seconds;
            access.Refused(rejected.HttpContext, "rate_limited");
            await new Problem(StatusCodes.Status429TooManyRequests, "rate_limited", "Too many requests from this token or address.", $"Try again in {seconds} s.").ExecuteAsync(rejected.HttpContext);
        };
    }

    private static bool Exempt(HttpContext context) => context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);

    private static RateLimitPartition<string> Bucket(string key, int perMinute) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = perMinute,
        TokensPerPeriod = Math.Max(1, perMinute / 60),
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        AutoReplenishment = true,
        QueueLimit = 0,
    });
}
