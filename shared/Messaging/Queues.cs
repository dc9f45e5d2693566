using Orchestrator.Contracts.Steps;

namespace Orchestrator.Messaging;

/// <summary>Every queue of the system. Each has <c>&lt;queue&gt;.failed</c> beside it.</summary>
public static class Queues
{
    /// <summary>Jobs published by any system.</summary>
    public const string GatewayIntake = "gateway-intake";

    /// <summary>What the Gateway's read model and callbacks follow.</summary>
    public const string GatewayEvents = "gateway-events";

    /// <summary>Commands to and reports for the saga.</summary>
    public const string Pipeline = "pipeline";

    /// <summary>Steps for planners.</summary>
    public const string PlannerRunner = "planner-runner";

    /// <summary>Steps for implementers.</summary>
    public const string ImplementerRunner = "implementer-runner";

    /// <summary>Steps for reviewers.</summary>
    public const string ReviewerRunner = "reviewer-runner";

    /// <summary>Reservations and settlements.</summary>
    public const string Budget = "budget";

    /// <summary>Delayed messages.</summary>
    public const string Scheduler = "scheduler";

    /// <summary>Copies of failed jobs, so that the broker's console shows how many wait for a person. Nothing consumes it.</summary>
    public const string FailedJobs = "jobs.failed";

    /// <summary>A copy of whatever reaches a failed queue, for the Gateway's index. What cannot be indexed goes to its own failed queue, which is not indexed.</summary>
    public const string FailedIndex = "failed-index";

    /// <summary>All that do the system's work.</summary>
    public static IReadOnlyList<string> All { get; } =
        [GatewayIntake, GatewayEvents, Pipeline, PlannerRunner, ImplementerRunner, ReviewerRunner, Budget, Scheduler];

    /// <summary>The queue of the runner of a role.</summary>
    public static string Of(StepRole role) => role switch
    {
        StepRole.Planner => PlannerRunner,
        StepRole.Implementer => ImplementerRunner,
        StepRole.Reviewer => ReviewerRunner,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };

    /// <summary>The failed queue of a queue.</summary>
    public static string Failed(string queue) => $"{queue}.failed";

    /// <summary>Where operators find what failed in this queue: <see cref="FailedJobs"/> is its own.</summary>
    internal static string FailedOf(string queue) => queue == FailedJobs ? FailedJobs : Failed(queue);

    /// <summary>Address to send to. Never <c>queue:x</c>, which redeclares the queue as classic and faults with 406.</summary>
    public static Uri Address(string queue) => new($"exchange:{queue}");
}
