using Orchestrator.Contracts.Steps;

namespace Orchestrator.Contracts.Budget;

/// <summary>Command: reserve money for one launch. Idempotent by <see cref="AttemptKey"/>: repeating it gets the first answer again.</summary>
/// <param name="Key">The launch.</param>
/// <param name="ProjectId">The project, or null.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Model">The model, or null.</param>
/// <param name="MicroUsd">Sum to reserve, micro-dollars.</param>
/// <param name="Calls">Model calls to reserve.</param>
public sealed record ReserveBudget(AttemptKey Key, string? ProjectId, string Agent, string? Model, long MicroUsd, int Calls);

/// <summary>Event: the sum is held for the launch.</summary>
/// <param name="Key">The launch.</param>
/// <param name="CapMicroUsd">Hard cap of the launch, micro-dollars; null is none.</param>
public sealed record BudgetReserved(AttemptKey Key, long? CapMicroUsd);

/// <summary>Event: no room.</summary>
/// <param name="Key">The launch.</param>
/// <param name="Limit">Which limit, for people.</param>
/// <param name="FitsAt">When it will fit; null is never.</param>
public sealed record BudgetDenied(AttemptKey Key, string Limit, DateTimeOffset? FitsAt);

/// <summary>Command: book what the launch really used; idempotent by <see cref="AttemptKey"/>.</summary>
/// <param name="Key">The launch.</param>
/// <param name="MicroUsd">Micro-dollars used.</param>
/// <param name="Calls">Model calls used.</param>
/// <param name="Outcome">How the launch ended.</param>
public sealed record SettleBudget(AttemptKey Key, long MicroUsd, int Calls, StepOutcome Outcome)
{
    /// <summary>What the end of this launch lets start: reserved in the same transaction, each answered as if it had come by itself. Null is nothing.</summary>
    public IReadOnlyList<ReserveBudget>? Next { get; init; }
}

/// <summary>Command: give a reservation back that was never launched; idempotent by <see cref="AttemptKey"/>.</summary>
/// <param name="Key">The launch.</param>
/// <param name="Reason">Why.</param>
public sealed record ReleaseBudget(AttemptKey Key, string Reason);
