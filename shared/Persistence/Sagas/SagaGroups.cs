using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Messages of sagas that are handled at the same time share a transaction, one after the other.</summary>
internal sealed class SagaGroups<TSaga, TDb>(IServiceScopeFactory scopes)
    where TSaga : class, ISaga
    where TDb : ServiceDbContext
{
    /// <summary>Small enough that nobody waits long for the slowest of the company.</summary>
    private const int Most = 16;

    /// <summary>So many slow ones may be under way before others wait for them.</summary>
    private const int Workers = 4;

    private readonly GroupCommit<TDb, SagaMessage> _group = new(scopes, HandleAsync, Most, Workers);

    /// <summary>Handles the message in a transaction with its inbox row and whatever it sends; returns when that is committed. A copy is not handled.</summary>
    /// <param name="context">The message.</param>
    /// <param name="saga">The saga that it is for, or null when that has to be looked for.</param>
    /// <param name="handle">Handles it; called again, in another transaction, when the first one failed.</param>
    public Task RunAsync(ConsumeContext context, Guid? saga, Func<SagaGroup<TSaga, TDb>, Task> handle) =>
        _group.RunAsync(context, new SagaMessage(saga, handle, ExecutionContext.Capture()));

    /// <summary>As above, for a message that is known by its id.</summary>
    public Task RunAsync(Guid messageId, Guid saga, Func<SagaGroup<TSaga, TDb>, Task> handle) =>
        _group.RunAsync(messageId, new SagaMessage(saga, handle, ExecutionContext.Capture()));

    private static async Task HandleAsync(IServiceProvider services, IReadOnlyList<SagaMessage> messages, CancellationToken cancellationToken)
    {
        var group = new SagaGroup<TSaga, TDb>(
            services.GetRequiredService<TDb>(), services.GetRequiredService<OutboxBatch<TDb>>(), new SagaCompany(messages.Count > 1));
        await group.LockAsync(messages.Where(message => message.Saga is not null).Select(message => message.Saga!.Value), cancellationToken);
        foreach (var message in messages)
            await message.HandleAsync(group);
    }

    /// <summary>A message and the trace that it belongs to.</summary>
    private sealed class SagaMessage(Guid? saga, Func<SagaGroup<TSaga, TDb>, Task> handle, ExecutionContext? flow)
    {
        public Guid? Saga => saga;

        public Task HandleAsync(SagaGroup<TSaga, TDb> group)
        {
            var handled = Task.CompletedTask;
            if (flow is null)
                return handle(group);
            ExecutionContext.Run(flow, _ => handled = handle(group), null);
            return handled;
        }
    }
}
