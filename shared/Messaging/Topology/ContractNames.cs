using MassTransit;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Messaging.Topology;

/// <summary>
/// Names the exchange of a contract <c>Orchestrator.Contracts:StepFinished</c>, whatever folder its record lives in:
/// moving a file never leaves a subscription on an exchange that nobody publishes to.
/// </summary>
internal sealed class ContractNames(IEntityNameFormatter others) : IEntityNameFormatter
{
    public string FormatEntityName<T>() =>
        typeof(T).Assembly == typeof(RunStep).Assembly && !typeof(T).IsGenericType
            ? $"Orchestrator.Contracts:{typeof(T).Name}"
            : others.FormatEntityName<T>();
}
