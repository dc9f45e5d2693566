using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Attempts;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Runners.Attempts;

/// <summary>What a running attempt tells before its report: its log, and the base commit that others wait for.</summary>
internal sealed partial class AttemptNews(AttemptKey key, LiveLog log, IServiceScopeFactory scopes, ILogger logger) : IAttemptObserver
{
    public void OnLog(long offset, string text) => log.Write(key, offset, text);

    public async Task OnBaseAsync(string commit, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<RunnerDbContext>>();
            await outbox.Publish(new BaseResolved(key, commit), cancellationToken).ConfigureAwait(false);
            await outbox.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is not OutOfMemoryException)
        {
            // Who waits for it goes on when the report is there.
            LogUntold(logger, exception, key.JobId, key.StepId, key.Attempt);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {JobId}/{StepId}/{Attempt}: its base commit could not be published; other steps wait for its report")]
    private static partial void LogUntold(ILogger logger, Exception exception, string jobId, string stepId, int attempt);
}
