using Orchestrator.Agents;
using Orchestrator.Agents.Metering;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Redaction;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.Execution.Attempts;

/// <summary>One launch on its way: the stages, and what each left for the report.</summary>
internal sealed class Attempt(RunStep command, AttemptLog log, AttemptPreflight preflight, PromptBuilder prompts, LaunchWorkspaces workspaces, AgentLaunch launch, IArtifactStore store, KnownSecrets secrets, SecretScan scan, IAttemptObserver observer) : IAsyncDisposable
{
    private readonly List<string> notices = [];
    private ModelRelay? relay;
    private RawOutput? raw;
    private AttemptVerdict? earned;
    private IReadOnlyList<SecretFinding>? secretsInReport;
    private IReadOnlyList<SecretFinding>? secretsInWork;

    public AcceptedJob? Job { get; private set; }

    public AttemptContext? Context { get; private set; }

    public PreparedWorkspace? Workspace { get; private set; }

    public CollectedWork? Work { get; private set; }

    /// <summary>What looks like a secret in report and work.</summary>
    public IReadOnlyList<SecretFinding> Secrets => [.. secretsInReport ?? [], .. secretsInWork ?? []];

    /// <summary>Whether nothing does; null when the launch made neither. Work that nobody could look at has not passed.</summary>
    public bool? SecretsPassed => secretsInReport is null && Work is null ? null : secretsInReport is { Count: 0 } && (Work is null || secretsInWork is { Count: 0 });

    public string? Prompt { get; private set; }

    public IReadOnlyList<string> Notices => notices;

    /// <summary>Calls of the model; null for an agent without one.</summary>
    public IReadOnlyList<ModelCall>? ModelCalls => relay?.Meter.Calls;

    /// <summary>What the agent's processes printed, without what looks like a secret; null when none ran.</summary>
    public async Task<Stream?> ReadRawOutputAsync(SecretRules rules)
    {
        if (Context is not { Agent.NeedsBox: true } || raw is null)
            return null;
        var printed = await raw.ReadAsync(rules, CancellationToken.None);
        if (raw.IsCut)
            notices.Add("raw_stdout.txt is not whole: this machine could not write all that the agent printed. Look at the free space of Execution:WorkDirectory.");
        return printed;
    }

    /// <summary>Runs the stages to a verdict.</summary>
    public async Task<AttemptVerdict> RunAsync(CancellationToken cancellationToken)
    {
        Job = await preflight.LoadAsync(command, cancellationToken);
        Context = await preflight.CheckAsync(command, Job, cancellationToken);
        foreach (var notice in command.Notices)
            Notice(notice);
        if (Context.Lowered)
            Notice("The sandbox is lowered for this step: processes of agents run with the rights of the service, neither files nor network are held back.");
        Workspace = await workspaces.PrepareAsync(Request(Context), cancellationToken);
        if (command.AnnounceBase)
            await observer.OnBaseAsync(Workspace.BaseCommit, cancellationToken);
        Prompt = await prompts.BuildAsync(Job, Context.Step, command, cancellationToken);
        log.WriteLine($"{command.Key.StepId}, attempt {command.Key.Attempt}: {Context.Agent.Name} as {Context.Step.Role} from {Workspace.StartCommit[..12]}{(Context.Decision.CanWrite ? "" : ", read-only")}");

        relay = await launch.StartRelayAsync(Context, Workspace, cancellationToken);
        var limit = launch.StartTime(Context);
        raw = new RawOutput(launch.BoxFor(Context, Workspace, relay, limit), Path.Join(Workspace.Folder, "raw"), secrets);
        var result = await launch.RunAsync(Context, Workspace, Prompt, raw, log, relay, cancellationToken);
        earned = Verdict(result);
        notices.AddRange(result.Notices);
        secretsInReport = scan.InReport(earned.Report, Allowed(Context));
        await CollectAsync(Context, Workspace);
        // Without a bundle the work is the base.
        secretsInWork = Work!.Work.Bundle is null ? [] : await scan.InWorkAsync(store, Work.Files["cumulative.diff"], Allowed(Context), CancellationToken.None);
        return earned.Outcome == StepOutcome.Succeeded ? await JudgeAsync(Context, Workspace, earned, limit, cancellationToken) : earned;
    }

    /// <summary>The verdict when a stage ends the launch early: what the agent did and cost until then stands, only its success does not. It is paid for: whatever is missing now, one more launch is one more attempt.</summary>
    public AttemptVerdict EndedBy(AttemptVerdict end)
    {
        if (earned is null)
            return end;
        if (earned.Outcome == StepOutcome.Succeeded)
            return earned with { Outcome = end.Outcome == StepOutcome.Parked ? StepOutcome.Failed : end.Outcome, Code = end.Code, Message = end.Message };
        notices.Add($"What the step had done could not be collected: {end.Message}");
        return earned;
    }

    public async ValueTask DisposeAsync()
    {
        if (relay is not null)
            await relay.DisposeAsync();
        if (raw is not null)
            await raw.DisposeAsync();
    }

    private void Notice(string text)
    {
        notices.Add(text);
        log.WriteLine(text);
    }

    private static HashSet<string> Allowed(AttemptContext context) => [.. context.Command.ReleasedSecrets, .. context.Job.Project?.AllowedSecrets ?? []];

    private WorkspaceRequest Request(AttemptContext context) => new()
    {
        Key = command.Key,
        Project = context.Job.Project,
        BaseRef = context.Job.Job.BaseRef,
        BaseCommit = command.BaseCommit,
        StartFrom = command.StartFrom,
        Resolution = command.Resolution,
        NeedsRepository = context.Agent.NeedsBox,
    };

    private AttemptVerdict Verdict(AgentResult result) => new(result.Outcome, result.ErrorCode, result.ErrorMessage)
    {
        Summary = result.Summary,
        Report = ReportText.Of(result.Report, secrets),
        Usage = result.Usage,
        RetryAt = result.RetryAt,
    };

    // Not to be cancelled: what was done until a cancel, timeout or failure is kept. Git's own limits end it.
    private async Task CollectAsync(AttemptContext context, PreparedWorkspace workspace)
    {
        Work = context.Decision.CanWrite
            ? await workspaces.CollectAsync(workspace, store, CancellationToken.None)
            : await workspaces.CollectNothingAsync(workspace, store, CancellationToken.None);
        notices.AddRange(Work.Notices);
    }

    private async Task<AttemptVerdict> JudgeAsync(AttemptContext context, PreparedWorkspace workspace, AttemptVerdict verdict, TimeLimit limit, CancellationToken cancellationToken)
    {
        if (context.Decision.RequireChanges && Work is { Changed: false })
        {
            return verdict with
            {
                Outcome = StepOutcome.Failed,
                Code = ErrorCodes.NoChanges,
                Message = "The agent said that it is done, but no file changed. Set require_changes to false if that is fine for this step.",
            };
        }

        if (!context.HasVerify)
            return verdict;
        LaunchWorkspaces.PrepareForVerify(workspace, Work!.Work.Commit);
        return await launch.VerifyAsync(context, workspace, limit, log.Lines, cancellationToken) is { } problem
            ? verdict with { Outcome = StepOutcome.Failed, Code = ErrorCodes.VerifyFailed, Message = problem }
            : verdict;
    }
}
