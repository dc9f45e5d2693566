using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Persistence.Outbox;

/// <summary>
/// Messages that are handled at the same time share a transaction (<see cref="GroupCommit{TDb, TItem}"/>), one after the other, each in the trace that it belongs to.
/// Inbox rows, state and what they send commit together. One for each consumer of a message, since a copy is known by the id of the message.
/// </summary>
/// <typeparam name="TDb">The service's context.</typeparam>
/// <typeparam name="TAsk">What a message needs from the others' transaction: what to lock or read for all of them at once.</typeparam>
/// <typeparam name="TGroup">What they have in common while it is open.</typeparam>
/// <param name="scopes">Each transaction has a scope of its own.</param>
/// <param name="open">Begins a group in the transaction of the scope's context; it may be called again for the same messages.</param>
public sealed class MessageGroups<TDb, TAsk, TGroup>(IServiceScopeFactory scopes, Func<IServiceProvider, IReadOnlyList<TAsk>, CancellationToken, Task<TGroup>> open)
    where TDb : ServiceDbContext
{
    /// <summary>Small enough that nobody waits long for the slowest of the company.</summary>
    private const int Most = 16;

    /// <summary>So many slow ones may be under way before others wait for them.</summary>
    private const int Workers = 4;

    private readonly GroupCommit<TDb, Message> _group = new(
        scopes,
        async (services, messages, cancel) =>
        {
            var group = await open(services, [.. messages.Select(message => message.Ask)], cancel);
            foreach (var message in messages)
                await message.HandleAsync(group);
        },
        Most,
        Workers);

    /// <summary>Handles the message in a transaction with its inbox row and whatever it sends; returns when that is committed. A copy is not handled.</summary>
    /// <param name="context">The message.</param>
    /// <param name="ask">What it needs.</param>
    /// <param name="handle">Handles it; called again, in another transaction, when the first one failed.</param>
    public Task RunAsync(ConsumeContext context, TAsk ask, Func<TGroup, Task> handle) => _group.RunAsync(context, new Message(ask, handle, ExecutionContext.Capture()));

    /// <summary>As above, for a message that is known by its id.</summary>
    internal Task RunAsync(Guid messageId, TAsk ask, Func<TGroup, Task> handle) => _group.RunAsync(messageId, new Message(ask, handle, ExecutionContext.Capture()));

    private sealed class Message(TAsk ask, Func<TGroup, Task> handle, ExecutionContext? flow)
    {
        public TAsk Ask => ask;

        public Task HandleAsync(TGroup group)
        {
            if (flow is null)
                return handle(group);
            var handled = Task.CompletedTask;
            ExecutionContext.Run(flow, _ => handled = handle(group), null);
            return handled;
        }
    }
}
