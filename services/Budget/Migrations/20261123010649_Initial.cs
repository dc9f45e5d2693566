using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Orchestrator.Budget.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "budget");

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "budget",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox", x => new { x.message_id, x.consumer_id });
                });

            migrationBuilder.CreateTable(
                name: "ledger",
                schema: "budget",
                columns: table => new
                {
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run = table.Column<int>(type: "integer", nullable: false),
                    step_id = table.Column<string>(type: "text", nullable: false),
                    visit = table.Column<int>(type: "integer", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    micro_usd = table.Column<long>(type: "bigint", nullable: false),
                    calls = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ledger", x => new { x.pipeline_id, x.run, x.step_id, x.visit, x.attempt, x.number });
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "budget",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    destination = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    envelope = table.Column<string>(type: "text", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => x.message_id);
                });

            migrationBuilder.CreateTable(
                name: "reservations",
                schema: "budget",
                columns: table => new
                {
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run = table.Column<int>(type: "integer", nullable: false),
                    step_id = table.Column<string>(type: "text", nullable: false),
                    visit = table.Column<int>(type: "integer", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    job_id = table.Column<string>(type: "text", nullable: false),
                    project_id = table.Column<string>(type: "text", nullable: true),
                    agent = table.Column<string>(type: "text", nullable: true),
                    model = table.Column<string>(type: "text", nullable: true),
                    reserved_micro_usd = table.Column<long>(type: "bigint", nullable: false),
                    reserved_calls = table.Column<int>(type: "integer", nullable: false),
                    used_micro_usd = table.Column<long>(type: "bigint", nullable: false),
                    used_calls = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    entries = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reservations", x => new { x.pipeline_id, x.run, x.step_id, x.visit, x.attempt });
                });

            migrationBuilder.CreateIndex(
                name: "ix_inbox_received_at",
                schema: "budget",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_due_at",
                schema: "budget",
                table: "outbox",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "ix_reservations_job_id",
                schema: "budget",
                table: "reservations",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_reservations_state",
                schema: "budget",
                table: "reservations",
                column: "state",
                filter: "state in ('open', 'unknown')");

            // The ledger is evidence: not even its own service changes or deletes a line.
            migrationBuilder.Sql("""
                create function budget.refuse_change() returns trigger language plpgsql as
                  $$ begin raise exception 'the ledger is append-only'; end $$;
                create trigger append_only before update or delete or truncate on budget.ledger
                  for each statement execute function budget.refuse_change();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("drop function budget.refuse_change() cascade");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "budget");

            migrationBuilder.DropTable(
                name: "ledger",
                schema: "budget");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "budget");

            migrationBuilder.DropTable(
                name: "reservations",
                schema: "budget");
        }
    }
}
