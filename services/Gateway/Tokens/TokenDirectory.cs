using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Access;

namespace Orchestrator.Gateway.Tokens;

/// <summary>Finds who a token stands for. What was found is remembered for a few seconds: that is how long a revocation in another process takes.</summary>
internal sealed class TokenDirectory(IServiceScopeFactory scopes, AdminToken admin, IOptions<GatewayOptions> options, TimeProvider clock)
{
    private const int MostRemembered = 10_000;
    private readonly ConcurrentDictionary<string, Remembered> _remembered = new(StringComparer.Ordinal);

    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var hash = TokenText.Hash(token);
        if (admin.Hash is { } adminHash && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(adminHash)))
            return AdminToken.Caller;
        var now = clock.GetUtcNow();
        if (!_remembered.TryGetValue(hash, out var known) || known.Until <= now)
        {
            if (await LookUpAsync(hash, cancellationToken) is not { } row)
            {
                _remembered.TryRemove(hash, out _);
                return null;
            }

            if (_remembered.Count >= MostRemembered)
                _remembered.Clear();
            known = new Remembered(CallerOf(row), row.ExpiresAt, now + options.Value.TokenCache);
            _remembered[hash] = known;
        }

        return known.ExpiresAt <= now ? null : known.Caller;
    }

    public void Forget(string hash) => _remembered.TryRemove(hash, out _);

    private async Task<TokenRow?> LookUpAsync(string hash, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        return await db.Tokens.AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash && row.RevokedAt == null, cancellationToken);
    }

    private static Caller CallerOf(TokenRow row) => new(
        row.Id, row.Name,
        row.Projects.Contains(TokenEndpoints.EveryProject) ? null : row.Projects.ToHashSet(StringComparer.Ordinal),
        row.Verbs.ToHashSet(StringComparer.Ordinal));

    private sealed record Remembered(Caller Caller, DateTimeOffset? ExpiresAt, DateTimeOffset Until);
}
