using Orchestrator.Gateway.Access;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Gateway.Audit;

/// <summary>Writes down who was refused. Behind the request and in batches: whoever is refused a thousand times costs a few statements.</summary>
internal sealed partial class RefusalAudit(AccessLog access, IServiceScopeFactory scopes, ILogger<RefusalAudit> logger) : BackgroundService
{
    private const int Batch = 200;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (access.Refusals.TryPeek(out _))
            await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await access.Refusals.WaitToReadAsync(stoppingToken))
            await WriteAsync(stoppingToken);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var rows = new List<AuditRow>();
        while (rows.Count < Batch && access.Refusals.TryRead(out var row))
            rows.Add(row);
        if (rows.Count == 0)
            return;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
            db.Audit.AddRange(rows);
            await Failpoint.AroundAsync("audit.save", () => db.SaveChangesAsync(cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The lines in the log remain.
            LogLost(exception, rows.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} refusals could not be written to the audit; they stand in the log")]
    private partial void LogLost(Exception exception, int count);
}
