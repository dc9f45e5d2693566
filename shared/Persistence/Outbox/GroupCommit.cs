using System.Security.Cryptography;
using System.Text;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Persistence.Outbox;

/// <summary>
/// Commits what several messages do, and what they send, in one transaction: those that come while all workers are busy share the next. Nobody waits for
/// company, so a message alone is as fast as ever. When a group fails each of its messages is tried alone, behind those that wait, and fails alone, unless it is the
/// database that is away: then all have failed. Who comes again after a failure has no company either. Each message has its own inbox row, in the same transaction:
/// a copy does nothing. What they send is with the broker before they are done.
/// </summary>
/// <typeparam name="TDb">The service's context.</typeparam>
/// <typeparam name="TItem">What a message asks for.</typeparam>
/// <param name="scopes">Each transaction has a scope of its own.</param>
/// <param name="work">Does what a group asks for, in the transaction of the scope's context; it may be called again for the same items.</param>
/// <param name="most">Messages that share a transaction at most.</param>
/// <param name="workers">Transactions that run side by side at most. With one, groups follow each other.</param>
public sealed class GroupCommit<TDb, TItem>(
    IServiceScopeFactory scopes, Func<IServiceProvider, IReadOnlyList<TItem>, CancellationToken, Task> work, int most = 64, int workers = 1)
    where TDb : ServiceDbContext
{
    /// <summary>Without the versions of assemblies: a copy that comes after an upgrade is still one.</summary>
    private static readonly Guid Consumer = new(SHA256.HashData(Encoding.UTF8.GetBytes(typeof(TItem).ToString())).AsSpan(0, 16));

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = [];
    private int _running;

    /// <summary>Returns when the item is committed; fails as the item fails alone.</summary>
    /// <param name="context">The message that asks for it.</param>
    /// <param name="item">What it asks for.</param>
    public Task RunAsync(ConsumeContext context, TItem item) => RunAsync(
        context.GetOriginalMessageId() ?? throw new InvalidOperationException($"A message without an id cannot be told from its copies: {typeof(TItem).Name}."),
        item,
        isAlone: context.GetRetryAttempt() > 0);

    /// <summary>Returns when the item is committed; fails as the item fails alone.</summary>
    /// <param name="messageId">What a copy is known by.</param>
    /// <param name="item">What the message asks for.</param>
    /// <param name="isAlone">Whether it has a transaction of its own.</param>
    public Task RunAsync(Guid messageId, TItem item, bool isAlone = false)
    {
        var waiting = new Waiting(messageId, item) { IsAlone = isAlone };
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (_running == workers)
                return waiting.Done.Task;
            _running++;
        }

        // The worker serves everybody: it must not carry the trace or the log scope of who happened to start it.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(DrainAsync);
        return waiting.Done.Task;
    }

    private async Task DrainAsync()
    {
        while (Next() is { Count: > 0 } group)
        {
            try
            {
                // The next group need not wait for the broker.
                _ = EndAsync(group, await CommitAsync(group));
            }
            catch (Exception exception) when (group.Count == 1 || RetryableFailure.IsGone(exception))
            {
                group.ForEach(one => one.Done.SetException(exception));
            }
            catch (Exception)
            {
                EachAlone(group);
            }
        }
    }

    private List<Waiting> Next()
    {
        lock (_gate)
        {
            var group = new List<Waiting>();
            while (group.Count < most && _waiting.TryPeek(out var next) && (group.Count == 0 || !next.IsAlone))
            {
                group.Add(_waiting.Dequeue());
                if (next.IsAlone)
                    break;
            }

            if (group.Count == 0)
                _running--;
            return group;
        }
    }

    private void EachAlone(List<Waiting> group)
    {
        lock (_gate)
        {
            foreach (var one in group)
            {
                one.IsAlone = true;
                _waiting.Enqueue(one);
            }
        }
    }

    private static async Task EndAsync(List<Waiting> group, Task delivered)
    {
        await delivered;
        group.ForEach(one => one.Done.SetResult());
    }

    /// <summary>Returns when they are committed; the task that it returns ends when what they sent has been brought to the broker, and never fails.</summary>
    private async Task<Task> CommitAsync(List<Waiting> group)
    {
        await using var scope = scopes.CreateAsyncScope();
        var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<TDb>>();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        return await outbox.CommitAsync(
            async cancel =>
            {
                var fresh = await HandledMessages.RememberAsync(db, group.Select(one => one.MessageId), Consumer, cancel);
                var items = group.Where(one => fresh.Remove(one.MessageId)).Select(one => one.Item).ToList();
                if (items.Count > 0)
                    await work(scope.ServiceProvider, items, cancel);
            },
            CancellationToken.None);
    }

    private sealed class Waiting(Guid messageId, TItem item)
    {
        public Guid MessageId => messageId;

        public TItem Item => item;

        public bool IsAlone { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
