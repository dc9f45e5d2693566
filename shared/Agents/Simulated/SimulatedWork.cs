using System.Globalization;
using System.Text;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Simulated;

/// <summary>What the simulated agent does when nobody scripts it: a plan, a small real change, a review.</summary>
internal static class SimulatedWork
{
    private const int LongestGoal = 200;

    /// <summary>One line for people.</summary>
    public static string SummaryOf(StepRole role) => role switch
    {
        StepRole.Planner => "Wrote a plan.",
        StepRole.Implementer => "Made the change.",
        _ => "Approved the change.",
    };

    /// <summary>Does the work and returns the report.</summary>
    public static string Do(AgentRun run)
    {
        var goal = GoalOf(run.Prompt);
        return run.Role switch
        {
            StepRole.Planner => Plan(run, goal),
            StepRole.Implementer => Implement(run, goal),
            _ => $"# Review\n\nGoal: {goal}\n\nVerdict: approved.\n",
        };
    }

    private static string Plan(AgentRun run, string goal)
    {
        var report = new StringBuilder($"# Plan\n\nGoal: {goal}\n\nThe repository has at its top:\n\n");
        foreach (var name in new SimulatedFiles(run.Workspace).Top(20))
            report.Append(CultureInfo.InvariantCulture, $"- {name}\n");
        return report.Append("\nSteps:\n\n1. Make the change.\n2. Review it.\n").ToString();
    }

    private static string Implement(AgentRun run, string goal)
    {
        if (!run.CanWrite)
            return $"# Change\n\nGoal: {goal}\n\nNothing was changed: this step has no writing tool.\n";
        // A file per step, so that parallel steps of one job merge.
        var path = $"simulated/{run.Key.StepId}.md";
        var files = new SimulatedFiles(run.Workspace);
        if (files.Exists(path))
            files.Append(path, string.Create(CultureInfo.InvariantCulture, $"\nRun {run.Key.Run}, visit {run.Key.Visit}: {goal}\n"));
        else
            files.Write(path, $"# {goal}\n\nWritten by the simulated agent in step {run.Key.StepId}.\n");
        return $"# Change\n\nGoal: {goal}\n\nChanged: {path}\n";
    }

    /// <summary>The first line that says something: neither a heading nor a directive.</summary>
    private static string GoalOf(string prompt)
    {
        foreach (var part in prompt.AsSpan().EnumerateLines())
        {
            var line = part.Trim();
            if (line.IsEmpty || line[0] is '#' or '<' || line.StartsWith("simulate", StringComparison.Ordinal))
                continue;
            if (line.StartsWith("Goal:", StringComparison.OrdinalIgnoreCase))
                line = line["Goal:".Length..].Trim();
            if (!line.IsEmpty)
                return line.Length > LongestGoal ? $"{line[..(char.IsHighSurrogate(line[LongestGoal - 1]) ? LongestGoal - 1 : LongestGoal)]}…" : line.ToString();
        }

        return "no goal was given";
    }
}
