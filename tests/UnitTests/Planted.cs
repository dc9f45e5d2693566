using MassTransit;

namespace Orchestrator.UnitTests.Planted;

/// <summary>What the architecture test must notice: the bus where nobody sees it from outside.</summary>
internal static class NodeThatKnowsTheBus
{
    public static string Next() => NewId.NextGuid().ToString();
}

/// <summary>What it must let pass.</summary>
internal static class NodeThatDoesNot
{
    public static string Next() => nameof(Next);
}
