using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Persistence.Sagas;

namespace Orchestrator.UnitTests.Persistence.Workshop;

/// <summary>Two services in one process on one bus, wired as the real ones are.</summary>
public sealed class WorkshopHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkshopHost(WebApplication app) => _app = app;

    public Journal Journal => _app.Services.GetRequiredService<Journal>();

    public IServiceProvider Services => _app.Services;

    /// <summary>Builds the host without starting it: what it commits stays undelivered, as after a crash.</summary>
    public static WorkshopHost Build(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = ServiceDefaults.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("workshop");
        builder.AddServiceDatabase<WorkshopDbContext>("workshop");
        builder.AddServiceDatabase<NotebookDbContext>("notebook");
        builder.Services.AddSingleton<Journal>();
        builder.Services.AddSingleton(typeof(NotebookGroups<>));
        builder.AddMessaging(bus =>
        {
            bus.AddSagaStateMachine<CounterStateMachine, CounterState, CounterStateDefinition>().EfRepository<CounterState, WorkshopDbContext>();
            bus.AddConsumer<CountedConsumer, CountedConsumerDefinition>();
            bus.AddConsumer<WriteNoteConsumer, WriteNoteConsumerDefinition>();
            bus.AddConsumer<NoteWrittenConsumer, NoteWrittenConsumerDefinition>();
        });
        return new WorkshopHost(builder.Build());
    }

    public Task StartAsync() => _app.StartAsync();

    public Task StopAsync() => _app.StopAsync();

    public async Task<T> WithAsync<TDb, T>(Func<TDb, Task<T>> ask)
        where TDb : ServiceDbContext
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    /// <summary>What an HTTP handler does.</summary>
    public async Task HandleAsync(Func<NotebookDbContext, MessageOutbox<NotebookDbContext>, Task> handler)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        await handler(
            scope.ServiceProvider.GetRequiredService<NotebookDbContext>(),
            scope.ServiceProvider.GetRequiredService<MessageOutbox<NotebookDbContext>>());
    }

    /// <summary>Sends past the outbox, with an id of the test's choice.</summary>
    public async Task SendAsync<T>(string queue, T message, Guid messageId)
        where T : class
    {
        var endpoint = await _app.Services.GetRequiredService<IBus>().GetSendEndpoint(Queues.Address(queue));
        await endpoint.Send(message, context => context.MessageId = messageId);
    }

    public Task<int> CountNotesAsync(Guid subject) =>
        WithAsync<NotebookDbContext, int>(db => db.Set<Note>().CountAsync(note => note.Subject == subject));

    public Task<int> CountOutboxAsync<TDb>()
        where TDb : ServiceDbContext => WithAsync<TDb, int>(db => db.Set<OutboxRow>().CountAsync());

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
