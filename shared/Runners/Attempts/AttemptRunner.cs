using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Attempts;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Runners.Intake;

namespace Orchestrator.Runners.Attempts;

/// <summary>Runs claimed attempts outside any delivery and reports each of them once, in the transaction that ends its lease.</summary>
public sealed partial class AttemptRunner(
    IAttemptEngine engine,
    RunningAttempts running,
    RunnerSlots slots,
    RunnerInstance instance,
    LiveLog liveLog,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<AttemptRunner> logger)
{
    /// <summary>Starts an attempt whose lease this process holds, in the slot that the caller has taken. False when it was started before: the slot is still the caller's.</summary>
    public bool Start(RunStep command)
    {
        if (running.Add(command) is not { } attempt)
            return false;
        _ = Task.Run(() => RunAsync(attempt));
        return true;
    }

    private async Task RunAsync(RunningAttempt attempt)
    {
        var key = attempt.Command.Key;
        try
        {
            LogStarted(logger, key.JobId, key.StepId, key.Attempt);
            var report = await ExecuteAsync(attempt).ConfigureAwait(false);
            if (report is not null)
                await ReportAsync(attempt, report).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Taken off below, it is renewed no more: the lease runs out and the launch counts as lost.
            LogAbandoned(logger, exception, key.JobId, key.StepId, key.Attempt);
        }
        finally
        {
            running.Remove(attempt);
            await slots.ReleaseAsync(attempt.Command.Role).ConfigureAwait(false);
        }
    }

    private async Task<StepFinished?> ExecuteAsync(RunningAttempt attempt)
    {
        var command = attempt.Command;
        var startedAt = clock.GetUtcNow();
        try
        {
            var report = await engine.RunAsync(command, new AttemptNews(command.Key, liveLog, scopes, logger), attempt.Stopping).ConfigureAwait(false);
            return report.Outcome == StepOutcome.Cancelled && attempt.Reason == StopReason.HandBack
                ? report with { Outcome = StepOutcome.HandedBack, ErrorCode = null, ErrorMessage = "The runner stopped and gave the attempt back." }
                : report;
        }
        catch (LeaseLostException)
        {
            return null;
        }
        catch (Exception exception) when (attempt.Reason == StopReason.None)
        {
            LogFailed(logger, exception, command.Key.JobId, command.Key.StepId, command.Key.Attempt);
            return new StepFinished
            {
                Key = command.Key,
                Role = command.Role,
                Agent = command.Agent,
                Outcome = StepOutcome.Failed,
                Summary = "The runner itself failed.",
                ErrorCode = ErrorCodes.Internal,
                ErrorMessage = $"The runner failed with {exception.GetType().Name}. Its log has the details.",
                StartedAt = startedAt,
                FinishedAt = clock.GetUtcNow(),
            };
        }
    }

    private async Task ReportAsync(RunningAttempt attempt, StepFinished report)
    {
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = Min(pause * 2, TimeSpan.FromSeconds(5)))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var leases = scope.ServiceProvider.GetRequiredService<StepLeases>();
                var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<RunnerDbContext>>();
                await outbox.InTransactionAsync(
                    async cancel =>
                    {
                        if (attempt.Reason != StopReason.LeaseLost && await leases.FinishAsync(report, instance.Name, cancel).ConfigureAwait(false))
                        {
                            await outbox.Publish(report, cancel).ConfigureAwait(false);
                            return true;
                        }

                        // Refused: somebody else has the step. What was spent is booked all the same.
                        LogRefused(logger, report.Key.JobId, report.Key.StepId, report.Key.Attempt);
                        await outbox.Send(Queues.Budget, new SettleBudget(report.Key, report.Usage.CostMicroUsd, report.Usage.Calls, StepOutcome.Lost), cancel).ConfigureAwait(false);
                        return false;
                    },
                    CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The work is done and paid for: keep trying for as long as the process lives.
                LogReportFailed(logger, exception, report.Key.JobId, report.Key.StepId, report.Key.Attempt);
                await Task.Delay(pause, clock).ConfigureAwait(false);
            }
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(Level = LogLevel.Information, Message = "Attempt {JobId}/{StepId}/{Attempt} starts")]
    private static partial void LogStarted(ILogger logger, string jobId, string stepId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Attempt {JobId}/{StepId}/{Attempt}: the runner itself failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string jobId, string stepId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Attempt {JobId}/{StepId}/{Attempt} is abandoned; its lease will run out")]
    private static partial void LogAbandoned(ILogger logger, Exception exception, string jobId, string stepId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {JobId}/{StepId}/{Attempt} lost its lease: result and artifacts are refused, its cost is booked")]
    private static partial void LogRefused(ILogger logger, string jobId, string stepId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {JobId}/{StepId}/{Attempt} could not be reported yet")]
    private static partial void LogReportFailed(ILogger logger, Exception exception, string jobId, string stepId, int attempt);
}
