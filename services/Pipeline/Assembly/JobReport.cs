using System.Globalization;
using System.Text;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Results;
using Orchestrator.Validation.Results;

namespace Orchestrator.Pipeline.Assembly;

/// <summary><c>report.md</c> of a job: what was asked, how it went, what each step says and what it cost.</summary>
internal static class JobReport
{
    public static string Write(FinishedRun run, IReadOnlyList<ResultDocument> steps, IReadOnlyList<string> notices)
    {
        var (job, outcome) = (run.Accepted.Job, run.Outcome);
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"# {FirstLine(job.Goal)}\n\n")
            .Append(CultureInfo.InvariantCulture, $"- Job: `{job.JobId}`{(run.Run > 1 ? $", run {run.Run}" : "")}\n")
            .Append(CultureInfo.InvariantCulture, $"- Status: **{Word(run.Status)}**{(outcome.ErrorCode is null ? "" : $" (`{outcome.ErrorCode}`)")}\n")
            .Append(CultureInfo.InvariantCulture, $"- Time: {outcome.StartedAt:u} to {outcome.FinishedAt:u}, {(outcome.FinishedAt - outcome.StartedAt).TotalSeconds:0.0} s\n")
            .Append(CultureInfo.InvariantCulture, $"- Cost: {Usd(outcome.Usage.CostMicroUsd)} in {outcome.Launches} launches\n\n")
            .Append(CultureInfo.InvariantCulture, $"{outcome.Summary}\n");
        if (outcome.ErrorMessage is { } message && !string.Equals(message, outcome.Summary, StringComparison.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"\n{message}\n");
        if (notices.Count > 0)
            text.Append("\n## Notices\n\n").AppendJoin("", notices.Select(notice => $"- {notice}\n"));

        text.Append("\n## Steps\n\n| step | agent | role | status | attempts | seconds | cost | change |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var step in steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"| [{step.StepId}](steps/{step.StepId}/report.md) | {step.Agent} | {Cell(step.Role)} | {Word(step.Status)} | {step.Attempts} ")
                .Append(CultureInfo.InvariantCulture, $"| {(step.FinishedAt - step.StartedAt).TotalSeconds:0.0} | {step.Metrics["cost_usd"]} | {(step.ChangeStatus == ChangeStatus.Changed ? $"[patch](steps/{step.StepId}/patch.diff)" : "none")} |\n");
        }

        foreach (var step in steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {step.StepId}\n\n{step.Summary}\n");
            if (step.Error is { } error)
                text.Append(CultureInfo.InvariantCulture, $"\n`{error.Code}`: {error.Message}\n");
        }

        return text.ToString();
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();

    private static string Cell(string? text) => (text ?? "").Replace('|', '/').Replace('\n', ' ');

    private static string Usd(long microUsd) => string.Create(CultureInfo.InvariantCulture, $"{MicroUsd.ToUsd(microUsd):0.000000} USD");

    private static string Word(ResultStatus status) => status switch
    {
        ResultStatus.NeedsHuman => "needs_human",
        _ => status.ToString().ToLowerInvariant(),
    };
}
