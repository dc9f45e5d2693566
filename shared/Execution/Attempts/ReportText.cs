using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Execution.Attempts;

/// <summary>What an agent says, as it is looked at for secrets and as it is written: clean, without known ones, bounded.</summary>
internal static class ReportText
{
    private const int Longest = 1024 * 1024;

    public static string Of(string report, KnownSecrets secrets) => secrets.Clean(TextCleaner.Clean(report.Length > Longest ? report[..Longest] : report)).Trim();
}
