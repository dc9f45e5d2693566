using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Options;

namespace Orchestrator.Persistence.Outbox;

/// <summary>The messages of one scope: rows of its context when they are sent, handed to delivery when they are committed.</summary>
internal sealed class OutboxBatch<TDb>(TDb db, DatabaseClock clock, IOptions<DatabaseOptions> options, IServiceProvider services) : OutboxSendContext
    where TDb : ServiceDbContext
{
    private readonly Lock _gate = new();
    private List<PendingMessage> _messages = [];

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        var message = PendingMessage.Of(context, clock.GetUtcNow(), options.Value.OutboxLease);
        lock (_gate)
        {
            _messages.Add(message);
            db.Add(message.Row);
        }

        return Task.CompletedTask;
    }

    public IReadOnlyList<PendingMessage> Take()
    {
        lock (_gate)
        {
            var taken = _messages;
            _messages = [];
            return taken;
        }
    }

    public object? GetService(Type serviceType) => services.GetService(serviceType);
}
