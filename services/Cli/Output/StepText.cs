using Orchestrator.Cli.Client;

namespace Orchestrator.Cli.Output;

/// <summary>What there is to say about a step, on one line.</summary>
public static class StepText
{
    private const int Longest = 120;

    public static string Of(StepView step) => TerminalText.Shorten(
        TerminalText.OneLine(step switch
        {
            { Parked: { } parked, IsOver: false } => $"{parked.Reason}: {parked.Detail}",
            { Error: { Code: not null } error } => $"{error.Code}: {error.Message}",
            _ => step.Summary ?? "",
        }),
        Longest);
}
