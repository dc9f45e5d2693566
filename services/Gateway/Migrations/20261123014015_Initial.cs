using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Orchestrator.Gateway.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "gateway");

            migrationBuilder.CreateTable(
                name: "audit",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    project_id = table.Column<string>(type: "text", nullable: true),
                    job_id = table.Column<string>(type: "text", nullable: true),
                    result = table.Column<string>(type: "text", nullable: false),
                    trace_id = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "callbacks",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    job_id = table.Column<string>(type: "text", nullable: false),
                    run = table.Column<int>(type: "integer", nullable: false),
                    webhook_id = table.Column<string>(type: "text", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    receiver = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    delivered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_status_code = table.Column<int>(type: "integer", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callbacks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "gateway",
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
                name: "job_events",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    fact = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    data = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "job_steps",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    step_id = table.Column<string>(type: "text", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    model = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    run = table.Column<int>(type: "integer", nullable: false),
                    visit = table.Column<int>(type: "integer", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    token = table.Column<long>(type: "bigint", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    summary = table.Column<string>(type: "text", nullable: true),
                    error_code = table.Column<string>(type: "text", nullable: true),
                    error_message = table.Column<string>(type: "text", nullable: true),
                    changed = table.Column<bool>(type: "boolean", nullable: true),
                    park_reason = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    park_detail = table.Column<string>(type: "text", nullable: true),
                    parked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    wake_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    moved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    notices = table.Column<List<string>>(type: "text[]", nullable: false),
                    launches = table.Column<int>(type: "integer", nullable: false),
                    usage_cache_read_tokens = table.Column<long>(type: "bigint", nullable: false),
                    usage_cache_write_tokens = table.Column<long>(type: "bigint", nullable: false),
                    usage_calls = table.Column<int>(type: "integer", nullable: false),
                    usage_cost_micro_usd = table.Column<long>(type: "bigint", nullable: false),
                    usage_input_tokens = table.Column<long>(type: "bigint", nullable: false),
                    usage_output_tokens = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_steps", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "jobs",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    job_id = table.Column<string>(type: "text", nullable: false),
                    run = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    goal = table.Column<string>(type: "text", nullable: false),
                    project_id = table.Column<string>(type: "text", nullable: true),
                    tags = table.Column<List<string>>(type: "text[]", nullable: false),
                    search_text = table.Column<string>(type: "text", nullable: false),
                    priority = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    source = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    idempotency_key = table.Column<string>(type: "text", nullable: true),
                    delivery_key = table.Column<string>(type: "text", nullable: true),
                    body_hash = table.Column<string>(type: "text", nullable: false),
                    document_path = table.Column<string>(type: "text", nullable: false),
                    document_sha256 = table.Column<string>(type: "text", nullable: false),
                    callback_url = table.Column<string>(type: "text", nullable: true),
                    requires_approval = table.Column<bool>(type: "boolean", nullable: false),
                    notices = table.Column<List<string>>(type: "text[]", nullable: false),
                    accepted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancel_requested = table.Column<bool>(type: "boolean", nullable: false),
                    park_reason = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    park_detail = table.Column<string>(type: "text", nullable: true),
                    parked_step_id = table.Column<string>(type: "text", nullable: true),
                    parked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    wake_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    moved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    summary = table.Column<string>(type: "text", nullable: true),
                    error_code = table.Column<string>(type: "text", nullable: true),
                    error_message = table.Column<string>(type: "text", nullable: true),
                    error_step_id = table.Column<string>(type: "text", nullable: true),
                    changed = table.Column<bool>(type: "boolean", nullable: true),
                    launches = table.Column<int>(type: "integer", nullable: false),
                    last_sequence = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    usage_cache_read_tokens = table.Column<long>(type: "bigint", nullable: false),
                    usage_cache_write_tokens = table.Column<long>(type: "bigint", nullable: false),
                    usage_calls = table.Column<int>(type: "integer", nullable: false),
                    usage_cost_micro_usd = table.Column<long>(type: "bigint", nullable: false),
                    usage_input_tokens = table.Column<long>(type: "bigint", nullable: false),
                    usage_output_tokens = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_jobs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "launches",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    pipeline_id = table.Column<Guid>(type: "uuid", nullable: false),
                    step_id = table.Column<string>(type: "text", nullable: false),
                    run = table.Column<int>(type: "integer", nullable: false),
                    visit = table.Column<int>(type: "integer", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    token = table.Column<long>(type: "bigint", nullable: false),
                    runner = table.Column<string>(type: "text", nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    outcome = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: true),
                    error_code = table.Column<string>(type: "text", nullable: true),
                    cost_micro_usd = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_launches", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "gateway",
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
                name: "projects",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_projects", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tokens",
                schema: "gateway",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false),
                    projects = table.Column<List<string>>(type: "text[]", nullable: false),
                    verbs = table.Column<List<string>>(type: "text[]", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tokens", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_job_id",
                schema: "gateway",
                table: "audit",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_due_at",
                schema: "gateway",
                table: "callbacks",
                column: "due_at",
                filter: "due_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_pipeline_id",
                schema: "gateway",
                table: "callbacks",
                column: "pipeline_id");

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_webhook_id",
                schema: "gateway",
                table: "callbacks",
                column: "webhook_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_inbox_received_at",
                schema: "gateway",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_job_events_pipeline_id_fact",
                schema: "gateway",
                table: "job_events",
                columns: new[] { "pipeline_id", "fact" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_events_pipeline_id_sequence",
                schema: "gateway",
                table: "job_events",
                columns: new[] { "pipeline_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_steps_pipeline_id_step_id",
                schema: "gateway",
                table: "job_steps",
                columns: new[] { "pipeline_id", "step_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_job_id",
                schema: "gateway",
                table: "jobs",
                column: "job_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_pipeline_id",
                schema: "gateway",
                table: "jobs",
                column: "pipeline_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_project_id_id",
                schema: "gateway",
                table: "jobs",
                columns: new[] { "project_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_status_id",
                schema: "gateway",
                table: "jobs",
                columns: new[] { "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_tenant_body_hash",
                schema: "gateway",
                table: "jobs",
                columns: new[] { "tenant", "body_hash" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_tenant_delivery_key",
                schema: "gateway",
                table: "jobs",
                columns: new[] { "tenant", "delivery_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_tenant_idempotency_key",
                schema: "gateway",
                table: "jobs",
                columns: new[] { "tenant", "idempotency_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_launches_pipeline_id_token",
                schema: "gateway",
                table: "launches",
                columns: new[] { "pipeline_id", "token" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_due_at",
                schema: "gateway",
                table: "outbox",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "ix_tokens_hash",
                schema: "gateway",
                table: "tokens",
                column: "hash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "callbacks",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "job_events",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "job_steps",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "jobs",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "launches",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "projects",
                schema: "gateway");

            migrationBuilder.DropTable(
                name: "tokens",
                schema: "gateway");
        }
    }
}
