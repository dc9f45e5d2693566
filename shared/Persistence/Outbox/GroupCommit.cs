using System.Security.Cryptography;
using System.Text;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Persistence.Outbox;

/// <summary>
/// Commits what several messages do, and what they send, in one transaction: those that come while all workers are busy share the next. Nobody waits for
/// company, so a message alone is as fast as ever. When a group fails each of its messages is tried alone, and fails alone, unless it is the
/// database that is away: then all have failed. Each message has its own inbox row, in the same transaction: a copy does nothing.
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
        context.GetOriginalMessageId() ?? throw new InvalidOperationException($"A message without an id cannot be told from its copies: {typeof(TItem).Name}."), item);

    /// <summary>Returns when the item is committed; fails as the item fails alone.</summary>
    /// <param name="messageId">What a copy is known by.</param>
    /// <param name="item">What the message asks for.</param>
    public Task RunAsync(Guid messageId, TItem item)
    {
        var waiting = new Waiting(messageId, item);
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
                await CommitAsync(group);
                group.ForEach(one => one.Done.SetResult());
            }
            catch (Exception exception) when (group.Count == 1 || RetryableFailure.IsGone(exception))
            {
                Fail(group, exception);
            }
            catch (Exception)
            {
                await EachAloneAsync(group);
            }
        }
    }

    private List<Waiting> Next()
    {
        lock (_gate)
        {
            var group = new List<Waiting>();
            while (group.Count < most && _waiting.TryDequeue(out var one))
                group.Add(one);
            if (group.Count == 0)
                _running--;
            return group;
        }
    }

    private async Task EachAloneAsync(List<Waiting> group)
    {
        for (var i = 0; i < group.Count; i++)
        {
            try
            {
                await CommitAsync([group[i]]);
                group[i].Done.SetResult();
            }
            catch (Exception exception) when (RetryableFailure.IsGone(exception))
            {
                Fail(group[i..], exception);
                return;
            }
            catch (Exception exception)
            {
                group[i].Done.SetException(exception);
            }
        }
    }

    private static void Fail(List<Waiting> group, Exception exception) => group.ForEach(one => one.Done.SetException(exception));

    private async Task CommitAsync(List<Waiting> group)
    {
        await using var scope = scopes.CreateAsyncScope();
        var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<TDb>>();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await outbox.InTransactionAsync(
            async cancel =>
            {
                var fresh = await HandledMessages.RememberAsync(db, group.Select(one => one.MessageId), Consumer, cancel);
                var items = group.Where(one => fresh.Remove(one.MessageId)).Select(one => one.Item).ToList();
                if (items.Count > 0)
                    await work(scope.ServiceProvider, items, cancel);
                return items.Count;
            },
            CancellationToken.None);
    }

    private sealed class Waiting(Guid messageId, TItem item)
    {
        public Guid MessageId => messageId;

        public TItem Item => item;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
