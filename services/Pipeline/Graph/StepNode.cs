namespace Orchestrator.Pipeline.Graph;

/// <summary>One node as the graph sees it.</summary>
/// <param name="Id">The step.</param>
/// <param name="DependsOn">Named parents; null in a job whose steps run in listed order.</param>
/// <param name="OnFailure">What follows when every attempt failed.</param>
public sealed record StepNode(string Id, IReadOnlyList<string>? DependsOn, FailureRule OnFailure);

/// <summary>What follows when a step failed for good.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Target">The step that <see cref="FailureRuleKind.Goto"/> jumps to.</param>
public sealed record FailureRule(FailureRuleKind Kind, string? Target = null)
{
    private const string GotoPrefix = "goto:";

    /// <summary>Reads <c>stop</c>, <c>continue</c>, <c>ask_human</c> or <c>goto:&lt;step_id&gt;</c>, which the door has checked.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static FailureRule Parse(string text) => text switch
    {
        "stop" => new(FailureRuleKind.Stop),
        "continue" => new(FailureRuleKind.Continue),
        "ask_human" => new(FailureRuleKind.AskHuman),
        _ when text.StartsWith(GotoPrefix, StringComparison.Ordinal) => new(FailureRuleKind.Goto, text[GotoPrefix.Length..]),
        _ => throw new FormatException($"'{text}' is no failure rule. Use stop, continue, ask_human or goto:<step_id>."),
    };
}

/// <summary>Kinds of failure rules.</summary>
public enum FailureRuleKind
{
    /// <summary>Start nothing more; the job fails.</summary>
    Stop,

    /// <summary>Go on as if it had succeeded, without its work.</summary>
    Continue,

    /// <summary>Park until a person decides.</summary>
    AskHuman,

    /// <summary>Visit another step again, or skip ahead to it.</summary>
    Goto,
}

/// <summary>Where a step stands, as far as the order of steps is concerned.</summary>
public enum StepPhase
{
    /// <summary>Not begun in this visit.</summary>
    Waiting,

    /// <summary>Launched, between attempts or waiting for a wake condition.</summary>
    Active,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Failed, and the rule or a person says to go on.</summary>
    Tolerated,

    /// <summary>Failed for good, and its rule is a jump that has not been made yet.</summary>
    Jumping,

    /// <summary>Failed for good; the run ends.</summary>
    Failed,

    /// <summary>Left out by a jump ahead, a stop or a cancel.</summary>
    Skipped,
}
