using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Steps;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Intake;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.Runners.Intake;

/// <summary>A runner takes a message only when it has a free slot: when the last one is taken the role's queue is left alone until one is free again.</summary>
public sealed class RunnerSlots(IIntakeGates gates, IOptions<RunnerOptions> options)
{
    private readonly Dictionary<StepRole, int> _taken = [];
    private readonly Lock _lock = new();
    private bool _closed;

    /// <summary>Takes a slot for a claimed attempt and closes the queue when it was the last one. False when none is free: the message must go back.</summary>
    public async Task<bool> TakeAsync(StepRole role)
    {
        bool last;
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(role);
            if (_closed || taken >= options.Value.Slots)
                return false;
            _taken[role] = taken + 1;
            last = taken + 1 == options.Value.Slots;
        }

        if (last)
            await UpdateAsync(role).ConfigureAwait(false);
        return true;
    }

    /// <summary>Gives a slot back and opens the queue.</summary>
    public async Task ReleaseAsync(StepRole role)
    {
        bool wasFull;
        lock (_lock)
            wasFull = _taken[role]-- == options.Value.Slots;
        if (wasFull)
            await UpdateAsync(role).ConfigureAwait(false);
    }

    /// <summary>Leaves the queues of these roles alone for good: the process stops.</summary>
    public async Task CloseAsync(IEnumerable<StepRole> roles)
    {
        lock (_lock)
            _closed = true;
        foreach (var role in roles)
            await UpdateAsync(role).ConfigureAwait(false);
    }

    private Task UpdateAsync(StepRole role) => gates.For(Queues.Of(role)).UpdateAsync(() =>
    {
        lock (_lock)
            return !_closed && _taken.GetValueOrDefault(role) < options.Value.Slots;
    });
}
