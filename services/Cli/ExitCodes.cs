namespace Orchestrator.Cli;

/// <summary>What scripts may rely on.</summary>
public static class ExitCodes
{
    public const int Done = 0;
    public const int JobFailed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int NeedsPerson = 4;
    public const int BudgetRefused = 5;
    public const int Unreachable = 6;
    public const int TimedOut = 124;
}
