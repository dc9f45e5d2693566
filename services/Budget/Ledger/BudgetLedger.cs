using System.Text.Json;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence;

namespace Orchestrator.Budget.Ledger;

/// <summary>
/// Books reservations. Every command may come twice, late or before its predecessor; what is booked for a launch depends
/// on what was said about it, not on how often or in which order. Saved by the transaction of the handled message.
/// </summary>
public sealed class BudgetLedger(BudgetDbContext db, TimeProvider clock)
{
    private readonly Dictionary<ReservationKey, Reservation> _known = [];
    private readonly HashSet<ReservationKey> _locked = [];

    /// <summary>Locks and reads by one statement what is about to be asked for.</summary>
    public async Task LockAsync(IEnumerable<AttemptKey> keys, CancellationToken cancellationToken)
    {
        var wanted = keys.Select(ReservationKey.Of).Where(_locked.Add).ToList();
        if (wanted.Count == 0)
            return;
        var found = await db.FindAllLockedAsync<Reservation>(
            [
                (nameof(Reservation.PipelineId), wanted.Select(key => key.PipelineId).ToArray()),
                (nameof(Reservation.Run), wanted.Select(key => key.Run).ToArray()),
                (nameof(Reservation.StepId), wanted.Select(key => key.StepId).ToArray()),
                (nameof(Reservation.Visit), wanted.Select(key => key.Visit).ToArray()),
                (nameof(Reservation.Attempt), wanted.Select(key => key.Attempt).ToArray()),
            ],
            cancellationToken);
        foreach (var reservation in found)
            _known.TryAdd(ReservationKey.Of(reservation), reservation);
    }

    /// <summary>Holds the sum, once. Null when the launch was released before: then nothing is held for it.</summary>
    public async Task<Reservation?> ReserveAsync(ReserveBudget command, CancellationToken cancellationToken)
    {
        if (await FindAsync(command.Key, cancellationToken) is { } known)
            return known.State == ReservationState.Released ? null : known;
        var reservation = Open(command.Key, command, Math.Max(0, command.MicroUsd), Math.Max(0, command.Calls));
        Enter(reservation, EntryKind.Reserved, reservation.ReservedMicroUsd, reservation.ReservedCalls, null);
        return reservation;
    }

    /// <summary>Books what the launch used: out of the sum held, and beside it where it was more. A later report that says more books the difference.</summary>
    public async Task SettleAsync(SettleBudget command, CancellationToken cancellationToken)
    {
        var reservation = await FindAsync(command.Key, cancellationToken) ?? Open(command.Key, null, 0, 0);
        var (money, calls) = (Math.Max(0, command.MicroUsd), Math.Max(0, command.Calls));
        var reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(command.Outcome.ToString());
        if (reservation.State is ReservationState.Settled or ReservationState.Released)
        {
            BookLate(reservation, money, calls, reason);
        }
        else if (command.Outcome == StepOutcome.Lost && money == 0 && calls == 0)
        {
            KeepUnknown(reservation, reason);
        }
        else
        {
            Book(reservation, money, calls, reason);
        }
    }

    /// <summary>Gives the whole sum back. What was launched is settled instead and stays as it is.</summary>
    public async Task ReleaseAsync(ReleaseBudget command, CancellationToken cancellationToken)
    {
        var reservation = await FindAsync(command.Key, cancellationToken) ?? Open(command.Key, null, 0, 0);
        if (reservation.State != ReservationState.Open)
            return;
        Enter(reservation, EntryKind.Released, reservation.ReservedMicroUsd, reservation.ReservedCalls, command.Reason);
        reservation.State = ReservationState.Released;
    }

    private void Book(Reservation reservation, long money, int calls, string reason)
    {
        var (settledMoney, settledCalls) = (Math.Min(money, reservation.ReservedMicroUsd), Math.Min(calls, reservation.ReservedCalls));
        Enter(reservation, EntryKind.Settled, settledMoney, settledCalls, reason);
        EnterUnlessZero(reservation, EntryKind.Released, reservation.ReservedMicroUsd - settledMoney, reservation.ReservedCalls - settledCalls, reason);
        EnterUnlessZero(reservation, EntryKind.Overshoot, money - settledMoney, calls - settledCalls, reason);
        (reservation.UsedMicroUsd, reservation.UsedCalls, reservation.State) = (money, calls, ReservationState.Settled);
    }

    private void BookLate(Reservation reservation, long money, int calls, string reason)
    {
        var (moreMoney, moreCalls) = (Math.Max(0, money - reservation.UsedMicroUsd), Math.Max(0, calls - reservation.UsedCalls));
        EnterUnlessZero(reservation, EntryKind.Late, moreMoney, moreCalls, reason);
        reservation.UsedMicroUsd += moreMoney;
        reservation.UsedCalls += moreCalls;
    }

    private void KeepUnknown(Reservation reservation, string reason)
    {
        if (reservation.State == ReservationState.Unknown)
            return;
        Enter(reservation, EntryKind.Lost, 0, 0, reason);
        reservation.State = ReservationState.Unknown;
    }

    private async Task<Reservation?> FindAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        await LockAsync([key], cancellationToken);
        return _known.GetValueOrDefault(ReservationKey.Of(key));
    }

    private Reservation Open(AttemptKey key, ReserveBudget? command, long money, int calls)
    {
        var reservation = new Reservation
        {
            PipelineId = key.PipelineId,
            Run = key.Run,
            StepId = key.StepId,
            Visit = key.Visit,
            Attempt = key.Attempt,
            JobId = key.JobId,
            ProjectId = command?.ProjectId,
            Agent = command?.Agent,
            Model = command?.Model,
            ReservedMicroUsd = money,
            ReservedCalls = calls,
            At = clock.GetUtcNow(),
        };
        db.Add(reservation);
        _known[ReservationKey.Of(key)] = reservation;
        return reservation;
    }

    private void EnterUnlessZero(Reservation reservation, EntryKind kind, long money, int calls, string? reason)
    {
        if (money != 0 || calls != 0)
            Enter(reservation, kind, money, calls, reason);
    }

    private void Enter(Reservation reservation, EntryKind kind, long money, int calls, string? reason) => db.Add(new LedgerEntry
    {
        PipelineId = reservation.PipelineId,
        Run = reservation.Run,
        StepId = reservation.StepId,
        Visit = reservation.Visit,
        Attempt = reservation.Attempt,
        Number = ++reservation.Entries,
        Kind = kind,
        MicroUsd = money,
        Calls = calls,
        Reason = reason,
        At = clock.GetUtcNow(),
    });
}
