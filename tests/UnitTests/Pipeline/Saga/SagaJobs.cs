using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Pipeline.Saga;

/// <summary>The smallest jobs that a saga takes.</summary>
internal static class SagaJobs
{
    public static JobDocument Job(params StepDocument[] steps) => new() { JobId = Guid.NewGuid().ToString("N"), Goal = "test", Steps = steps };

    public static StepDocument Step(string id, string[]? dependsOn = null) => new() { StepId = id, Agent = "simulated", Role = "implementer", Prompt = "p", DependsOn = dependsOn };
}
