using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.PublicEvents;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Intake;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Gateway.Intake;

/// <summary>Jobs that other systems publish. What is refused is told to its publisher and kept in the failed queue with the reason.</summary>
public sealed class JobIntakeConsumer(JobSubmission jobs, PublicEventOutbox events, MessageOutbox<GatewayDbContext> outbox, AccessLog access, IOptions<GatewayOptions> options)
    : IConsumer<RawDelivery>
{
    private const string EveryProject = "*";

    /// <summary>The broker does not say from where its users come.</summary>
    private const string Address = "amqp";

    public async Task Consume(ConsumeContext<RawDelivery> context)
    {
        var delivery = context.Message;
        var (body, messageId, problem) = IntakeBody.Read(delivery);
        var user = delivery.UserId ?? options.Value.AnonymousBrokerUser;
        IReadOnlyList<JobProblem> problems = [problem ?? Unknown(user)];
        if (problem is null && ProjectsOf(user) is { } projects)
        {
            var result = await jobs.SubmitAsync(Of(delivery, body, messageId, user!, projects), context.CancellationToken);
            if (result.Job is not null)
                return;
            problems = result.Problems;
        }
        else
        {
            access.RefusedSubmission(new Submitter(nameof(JobSourceType.Event), $"broker:{user ?? "-"}", Address), body, SubmissionCodes.Of(problems));
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(delivery.Body.Span));
        await outbox.InTransactionAsync(
            async cancel =>
            {
                await events.RejectedAsync(new Rejection(messageId ?? hash[..32], hash, JobId(body), delivery.UserId), problems, cancel);
                return true;
            },
            context.CancellationToken);
        throw new DeliveryRejectedException($"{problems[0].Code}: {problems[0].Path}: {problems[0].Message}");
    }

    private static JobProblem Unknown(string? user) => new(
        "$", ProblemCodes.ProjectNotAllowed,
        user is null ? "The message does not say who published it." : $"The broker user '{user}' may not start jobs.",
        "Set the property user_id to your login, and have the operator map it to projects (Gateway:BrokerUsers).");

    private string[]? ProjectsOf(string? user) => user is not null && options.Value.BrokerUsers is { } users && users.TryGetValue(user, out var projects) ? projects : null;

    private static Submission Of(RawDelivery delivery, ReadOnlyMemory<byte> body, string? messageId, string user, string[] projects) => new()
    {
        Body = body,
        Tenant = $"broker:{user}",
        Address = Address,
        DeliveryKey = messageId,
        Redelivered = delivery.Redelivered,
        Door = new DoorContext
        {
            Source = JobSourceType.Event,
            Actor = $"broker:{user}",
            AllowedProjects = projects.Contains(EveryProject) ? null : projects,
            DefaultProjectId = projects is [var only] && only != EveryProject ? only : null,
            AcceptsCamelCase = true,
            TraceParent = Activity.Current?.Id,
        },
    };

    private static string? JobId(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(BodyParser.WithoutMark(body));
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && (root.TryGetProperty("job_id", out var id) || root.TryGetProperty("jobId", out id)) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: <= 64 } text
                ? text
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or text that is no text.
            return null;
        }
    }
}

/// <summary>Its endpoint. The submission has a transaction of its own, made safe against a second delivery by the delivery's key.</summary>
public sealed class JobIntakeConsumerDefinition : ConsumerDefinition<JobIntakeConsumer>
{
    public JobIntakeConsumerDefinition() => EndpointName = Queues.GatewayIntake;
}
