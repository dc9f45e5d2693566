using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Orchestrator.Pipeline.Migrations
{
    /// <inheritdoc />
    public partial class FairFlow : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "admitted_at",
                schema: "pipeline",
                table: "runs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "concurrency_key",
                schema: "pipeline",
                table: "runs",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "queued_at",
                schema: "pipeline",
                table: "runs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "project_turns",
                schema: "pipeline",
                columns: table => new
                {
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    project = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    served = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_project_turns", x => new { x.role, x.project });
                });

            migrationBuilder.CreateTable(
                name: "ready_steps",
                schema: "pipeline",
                columns: table => new
                {
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    step_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    project = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    rank = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    ready_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ages_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    granted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ready_steps", x => new { x.pipeline_id, x.step_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_runs_concurrency_key_admitted_at",
                schema: "pipeline",
                table: "runs",
                columns: new[] { "concurrency_key", "admitted_at" },
                filter: "concurrency_key is not null and finished_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_runs_queued_at",
                schema: "pipeline",
                table: "runs",
                column: "queued_at",
                filter: "queued_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_ready_steps_role_state_rank_project_ready_at",
                schema: "pipeline",
                table: "ready_steps",
                columns: new[] { "role", "state", "rank", "project", "ready_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "project_turns",
                schema: "pipeline");

            migrationBuilder.DropTable(
                name: "ready_steps",
                schema: "pipeline");

            migrationBuilder.DropIndex(
                name: "ix_runs_concurrency_key_admitted_at",
                schema: "pipeline",
                table: "runs");

            migrationBuilder.DropIndex(
                name: "ix_runs_queued_at",
                schema: "pipeline",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "admitted_at",
                schema: "pipeline",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "concurrency_key",
                schema: "pipeline",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "queued_at",
                schema: "pipeline",
                table: "runs");
        }
    }
}
