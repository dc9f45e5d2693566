using Orchestrator.Agents.Prices;

namespace Orchestrator.Agents.Metering;

/// <summary>One call of a launch's model, as it passed.</summary>
/// <param name="At">When it came.</param>
/// <param name="Path">Path of the call.</param>
/// <param name="Status">HTTP status of the answer; 502 when there was none.</param>
/// <param name="Model">The model that answered, or was asked for; null when neither said.</param>
/// <param name="Tokens">What it used.</param>
/// <param name="CostMicroUsd">Its price, exactly; a launch's bill is rounded up once.</param>
/// <param name="IsEstimated">Whether the reply broke off, or did not say what it used.</param>
/// <param name="Duration">Until its end.</param>
public sealed record ModelCall(DateTimeOffset At, string Path, int Status, string? Model, TokenCount Tokens, decimal CostMicroUsd, bool IsEstimated, TimeSpan Duration);
