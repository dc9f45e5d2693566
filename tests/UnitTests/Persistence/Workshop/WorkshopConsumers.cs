using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.UnitTests.Persistence.Workshop;

/// <summary>Writes what the saga counted into its own service's database.</summary>
public sealed class CountedConsumer(NotebookDbContext notebook) : IConsumer<Counted>
{
    public Task Consume(ConsumeContext<Counted> context)
    {
        notebook.Add(new Note { Subject = context.Message.Id, Text = $"{context.Message.Number}" });
        return Task.CompletedTask;
    }
}

/// <summary>Uses the outbox of HTTP handlers inside a handled message.</summary>
public sealed class WriteNoteConsumer(NotebookDbContext notebook, MessageOutbox<NotebookDbContext> outbox, Journal journal) : IConsumer<WriteNote>
{
    public async Task Consume(ConsumeContext<WriteNote> context)
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
    }
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
        endpointConfigurator.UseTransactionalOutbox<NotebookDbContext>(context);
}

public sealed class WriteNoteConsumerDefinition : ConsumerDefinition<WriteNoteConsumer>
{
    public WriteNoteConsumerDefinition() => EndpointName = "notes";

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<WriteNoteConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseTransactionalOutbox<NotebookDbContext>(context);
}

public sealed class NoteWrittenConsumerDefinition : ConsumerDefinition<NoteWrittenConsumer>
{
    public NoteWrittenConsumerDefinition() => EndpointName = "note-written";
}
