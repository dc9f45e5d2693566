using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence.Leases;

namespace Orchestrator.Runners.Attempts;

/// <summary>The leases of launches, in the words of the runner: commands and reports instead of JSON. Joins the transaction of its context.</summary>
public sealed class StepLeases(RunnerDbContext db)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly AttemptLeases _leases = new(db);

    /// <summary>Claims a launch for this process. When it is over already, the stored report comes back to be sent again.</summary>
    /// <returns>Whether this process has it, by this claim or one before, and the report.</returns>
    public async Task<(bool Ours, bool Claimed, StepFinished? Report)> ClaimAsync(RunStep command, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        var claim = await _leases.ClaimAsync(
            command.Key, command.Role, command.Agent, owner, duration, JsonSerializer.Serialize(command, Json), cancellationToken).ConfigureAwait(false);
        var claimed = claim.Result == ClaimResult.Claimed;
        var ours = claimed || (claim.Result == ClaimResult.Held && claim.Lease!.Owner == owner);
        return (ours, claimed, claim.Result == ClaimResult.Over ? Read(claim.Lease) : null);
    }

    /// <summary>Renews the leases of what runs in this process. A launch that is missing from the answer is lost.</summary>
    public Task<IReadOnlyList<AttemptLease>> RenewAsync(
        string owner, TimeSpan duration, IReadOnlyCollection<AttemptKey> launches, CancellationToken cancellationToken) =>
        _leases.RenewAsync(owner, duration, launches, cancellationToken);

    /// <summary>Ends a launch with its report. False when the lease is gone: nothing of the report counts.</summary>
    public Task<bool> FinishAsync(StepFinished report, string owner, CancellationToken cancellationToken) =>
        _leases.FinishAsync(
            report.Key,
            owner,
            report.Outcome == StepOutcome.HandedBack ? AttemptState.HandedBack : AttemptState.Finished,
            JsonSerializer.Serialize(report, Json),
            cancellationToken);

    /// <summary>
    /// Asks for the end of a launch that does not run here. One that nobody claimed yet is claimed and ended in this transaction, so that no runner takes it later:
    /// then, and when it is over already, the report to publish comes back.
    /// </summary>
    public async Task<StepFinished?> CancelAsync(StepFinished unclaimed, string owner, CancellationToken cancellationToken)
    {
        var claim = await _leases.ClaimAsync(
            unclaimed.Key, unclaimed.Role, unclaimed.Agent, owner, TimeSpan.FromMinutes(1), "{}", cancellationToken).ConfigureAwait(false);
        switch (claim.Result)
        {
            case ClaimResult.Claimed:
                await FinishAsync(unclaimed, owner, cancellationToken).ConfigureAwait(false);
                return unclaimed;
            case ClaimResult.Over:
                return Read(claim.Lease);
            default:
                await _leases.RequestCancelAsync(unclaimed.Key, cancellationToken).ConfigureAwait(false);
                return null;
        }
    }

    /// <summary>Takes launches whose lease ran out and writes the report of each beside it; the caller publishes them in the same transaction.</summary>
    public async Task<IReadOnlyList<StepFinished>> TakeLostAsync(int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lost = await _leases.TakeLostAsync(most, cancellationToken).ConfigureAwait(false);
        return [.. lost.Select(lease =>
        {
            var report = new StepFinished
            {
                Key = lease.Key,
                Outcome = StepOutcome.Lost,
                Agent = lease.Agent,
                Role = lease.Role,
                Summary = "The runner was lost.",
                ErrorCode = ErrorCodes.LeaseLost,
                ErrorMessage = $"Runner {lease.Owner} did not renew its lease.",
                StartedAt = lease.StartedAt,
                FinishedAt = now,
            };
            lease.Report = JsonSerializer.Serialize(report, Json);
            return report;
        })];
    }

    private static StepFinished? Read(AttemptLease? lease) =>
        lease?.Report is { } report ? JsonSerializer.Deserialize<StepFinished>(report, Json) : null;
}
