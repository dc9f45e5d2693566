using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.UnitTests.Persistence.Workshop;

/// <summary>Writes what the saga counted into its own service's database.</summary>
public sealed class CountedConsumer(NotebookGroups<Counted> groups) : IConsumer<Counted>
{
    public Task Consume(ConsumeContext<Counted> context) => groups.RunAsync(context, (notebook, _) =>
    {
        notebook.Add(new Note { Subject = context.Message.Id, Text = $"{context.Message.Number}" });
        return Task.CompletedTask;
    });
}

/// <summary>Uses the outbox of HTTP handlers inside a handled message.</summary>
public sealed class WriteNoteConsumer(NotebookGroups<WriteNote> groups, Journal journal) : IConsumer<WriteNote>
{
    public Task Consume(ConsumeContext<WriteNote> context) => groups.RunAsync(context, async (notebook, outbox) =>
    {
        var message = context.Message;
        var tries = journal.Tries.AddOrUpdate(message.Id, 1, (_, count) => count + 1);
        journal.Traces[message.Id] = Activity.Current?.TraceId.ToString() ?? "";
        notebook.Add(new Note { Subject = message.Id, Text = message.Text });
        await outbox.Publish(new NoteWritten(message.Id, message.Text));
        await outbox.SaveChangesAsync(context.CancellationToken);
        if (tries <= message.ConflictsFirst)
            throw new DbUpdateConcurrencyException("Somebody else was faster.");
        if (message.Fail)
            throw new InvalidOperationException("The work is wrong.");
    });
}

/// <summary>The notebook's transactions, for one kind of message.</summary>
public sealed class NotebookGroups<T>(IServiceScopeFactory scopes)
    where T : class
{
    private readonly MessageGroups<NotebookDbContext, T, IServiceProvider> _groups = new(scopes, (services, _, _) => Task.FromResult(services));

    public Task RunAsync(ConsumeContext<T> context, Func<NotebookDbContext, MessageOutbox<NotebookDbContext>, Task> handle) => _groups.RunAsync(
        context, context.Message, services => handle(services.GetRequiredService<NotebookDbContext>(), services.GetRequiredService<MessageOutbox<NotebookDbContext>>()));
}

public sealed class NoteWrittenConsumer(Journal journal) : IConsumer<NoteWritten>
{
    public Task Consume(ConsumeContext<NoteWritten> context)
    {
        journal.Written.AddOrUpdate(context.Message.Id, 1, (_, count) => count + 1);
        return Task.CompletedTask;
    }
}

/// <summary>What the consumers of one host saw.</summary>
public sealed class Journal
{
    public ConcurrentDictionary<Guid, int> Tries { get; } = new();

    public ConcurrentDictionary<Guid, int> Written { get; } = new();

    public ConcurrentDictionary<Guid, string> Traces { get; } = new();
}

public sealed class CountedConsumerDefinition : ConsumerDefinition<CountedConsumer>
{
    public CountedConsumerDefinition() => EndpointName = "counted";

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<CountedConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseConflictRetry();
}

public sealed class WriteNoteConsumerDefinition : ConsumerDefinition<WriteNoteConsumer>
{
    public WriteNoteConsumerDefinition() => EndpointName = "notes";

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<WriteNoteConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseConflictRetry();
}

public sealed class NoteWrittenConsumerDefinition : ConsumerDefinition<NoteWrittenConsumer>
{
    public NoteWrittenConsumerDefinition() => EndpointName = "note-written";
}
