using Microsoft.EntityFrameworkCore;

namespace Orchestrator.Persistence.Outbox;

internal static class OutboxMapping
{
    public static void MapOutbox(this ModelBuilder model)
    {
        model.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox");
            row.HasKey(x => x.MessageId);
            row.Property(x => x.MessageId).ValueGeneratedNever();
            row.HasIndex(x => x.DueAt);
        });
        model.Entity<InboxRow>(row =>
        {
            row.ToTable("inbox");
            row.HasKey(x => new { x.MessageId, x.ConsumerId });
            row.HasIndex(x => x.ReceivedAt);
        });
    }
}
