namespace Orchestrator.Validation.Jobs;

/// <summary>One reason why a document is refused.</summary>
/// <param name="Path">JSON path of the field (<c>$.steps[1].agent</c>); <c>$</c> is the whole body.</param>
/// <param name="Code">Named code, see <see cref="ProblemCodes"/>.</param>
/// <param name="Message">What is wrong. Safe to show: values are shortened and free of control characters.</param>
/// <param name="Hint">The remedy.</param>
public sealed record JobProblem(string Path, string Code, string Message, string Hint);
