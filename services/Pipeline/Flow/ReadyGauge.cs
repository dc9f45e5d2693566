using System.Diagnostics.Metrics;
using System.Text.Json;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Pipeline.Flow;

/// <summary><c>orchestrator.step.ready</c>: steps that wait for a runner of a role, as the database said last. What autoscalers and operators look at.</summary>
public sealed class ReadyGauge : IDisposable
{
    private readonly Meter _meter = new("Orchestrator.Pipeline");
    private volatile IReadOnlyDictionary<(StepRole Role, PlaceState State), int> _counts = new Dictionary<(StepRole, PlaceState), int>();

    /// <summary>Creates the instrument.</summary>
    public ReadyGauge() => _meter.CreateObservableGauge("orchestrator.step.ready", Observe, "{step}", "Steps that are ready and that no runner has taken yet.");

    /// <summary>Takes over what the database said.</summary>
    public void Set(IReadOnlyDictionary<(StepRole Role, PlaceState State), int> counts) => _counts = counts;

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Observe()
    {
        var counts = _counts;
        foreach (var role in Enum.GetValues<StepRole>())
        {
            yield return Of(role, "waiting", counts.GetValueOrDefault((role, PlaceState.Waiting)));
            yield return Of(role, "dispatched", counts.GetValueOrDefault((role, PlaceState.Granted)) + counts.GetValueOrDefault((role, PlaceState.Taken)));
        }
    }

    private static Measurement<int> Of(StepRole role, string state, int count) =>
        new(count, new("role", JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString())), new("state", state));
}
