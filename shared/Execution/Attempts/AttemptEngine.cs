using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Redaction;
using Orchestrator.Execution.Sandbox;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.Execution.Attempts;

/// <summary>Runs launches. Whatever happens to one becomes a named outcome, its artifacts and an empty disk.</summary>
public sealed partial class AttemptEngine : IAttemptEngine
{
    private const int MaxSummaryLength = 300;
    private const int MaxMessageLength = 2000;
    private const int MaxNotices = 50;

    private static readonly ActivitySource Activities = new("Orchestrator.Execution");

    private readonly IArtifactStore artifacts;
    private readonly LaunchWorkspaces workspaces;
    private readonly AttemptPreflight preflight;
    private readonly PromptBuilder prompts;
    private readonly AgentLaunch launch;
    private readonly KnownSecrets secrets;
    private readonly SecretRules rules;
    private readonly IOptions<ProcessesOptions> processes;
    private readonly IOptions<ExecutionOptions> options;
    private readonly TimeProvider time;
    private readonly ILogger<AttemptEngine> logger;

    /// <summary>Creates the engine.</summary>
    public AttemptEngine(
        IArtifactStore artifacts,
        LaunchWorkspaces workspaces,
        IAgentCatalog agents,
        ISandbox sandbox,
        IProcessRunner runner,
        ModelRelays relays,
        KnownSecrets secrets,
        IOptions<SandboxOptions> sandboxOptions,
        IOptions<ProcessesOptions> processes,
        IOptions<ExecutionOptions> options,
        TimeProvider time,
        ILoggerFactory logging)
    {
        this.artifacts = artifacts;
        this.workspaces = workspaces;
        this.secrets = secrets;
        rules = SecretRules.With(secrets);
        this.processes = processes;
        this.options = options;
        this.time = time;
        logger = logging.CreateLogger<AttemptEngine>();
        preflight = new AttemptPreflight(artifacts, agents, sandbox, sandboxOptions.Value);
        prompts = new PromptBuilder(artifacts);
        launch = new AgentLaunch(runner, relays, sandboxOptions, processes, time, logging.CreateLogger<AgentLaunch>());
    }

    /// <inheritdoc />
    public async Task<StepFinished> RunAsync(RunStep command, IAttemptObserver observer, CancellationToken cancellationToken)
    {
        using var activity = StartActivity(command);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var leaseLost = false;
        var startedAt = time.GetUtcNow();
        // Changed since the last one, perhaps.
        secrets.Refresh();
        AttemptLog opened;
        try
        {
            opened = await AttemptLog.OpenAsync(artifacts, command.Key, processes.Value, time, secrets, OnText, CancellationToken.None);
        }
        catch (IOException exception) when (StorageOutage.Is(exception))
        {
            return Describe(attempt: null, command, AttemptVerdict.Of(exception), startedAt);
        }

        await using var log = opened;
        var store = new PatientStore(artifacts, options.Value.StoragePatience, time, stop.Token);
        var attempt = new Attempt(command, log, preflight, prompts, workspaces, launch, store, secrets, new SecretScan(rules), observer);
        var finished = (StepFinished?)null;
        try
        {
            var verdict = await JudgeAsync(attempt, command, stop.Token);
            if (leaseLost)
                throw new LeaseLostException($"The lease of {command.Key} is gone.");
            finished = await ReportAsync(attempt, command, verdict, startedAt, log, store);
            return finished;
        }
        finally
        {
            await CleanAsync(attempt, keep: options.Value.KeepFailedWorkspaces && finished is { Outcome: not StepOutcome.Succeeded });
        }

        void OnText(long offset, string text)
        {
            try
            {
                observer.OnLog(offset, text);
            }
            catch (LeaseLostException)
            {
                leaseLost = true;
                stop.Cancel();
            }
        }
    }

    private async Task<AttemptVerdict> JudgeAsync(Attempt attempt, RunStep command, CancellationToken cancellationToken)
    {
        try
        {
            return await attempt.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return attempt.EndedBy(AttemptVerdict.Cancelled);
        }
        catch (AttemptEndedException exception)
        {
            return attempt.EndedBy(exception.Verdict);
        }
        catch (WorkspaceException exception)
        {
            return attempt.EndedBy(AttemptVerdict.Of(exception));
        }
        catch (ModelKeyMissingException exception)
        {
            return attempt.EndedBy(new AttemptVerdict(StepOutcome.Parked, ErrorCodes.AgentUnavailable, exception.Message));
        }
        catch (IOException exception) when (StorageOutage.Is(exception))
        {
            LogFault(exception, command.Key.ToString());
            return attempt.EndedBy(AttemptVerdict.Of(exception));
        }
        catch (Exception exception)
        {
            LogFault(exception, command.Key.ToString());
            return attempt.EndedBy(new AttemptVerdict(StepOutcome.Failed, ErrorCodes.Internal, $"The runner failed ({exception.GetType().Name}); its log has the details of {command.Key}."));
        }
    }

    private async Task<StepFinished> ReportAsync(Attempt attempt, RunStep command, AttemptVerdict verdict, DateTimeOffset startedAt, AttemptLog log, IArtifactStore store)
    {
        if (verdict.Code is { } code)
            log.WriteLine($"{code}: {verdict.Message}");
        await using var raw = await attempt.ReadRawOutputAsync(rules);
        var finished = Describe(attempt, command, verdict, startedAt);
        // Nothing was done and there is nowhere to write it.
        if (verdict is { Outcome: StepOutcome.Parked, Code: ErrorCodes.StorageUnavailable })
            return finished;
        try
        {
            finished = await WithLogAsync(finished, log);
            return await new AttemptFiles(store, secrets, rules).WriteAsync(attempt.Job, finished, verdict.Report, attempt.Prompt, raw, attempt.ModelCalls, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogFault(exception, command.Key.ToString());
            return finished with
            {
                Outcome = finished.Outcome == StepOutcome.Succeeded ? StepOutcome.Failed : finished.Outcome,
                ErrorCode = finished.ErrorCode ?? (StorageOutage.Is(exception) ? ErrorCodes.StorageUnavailable : ErrorCodes.Internal),
                ErrorMessage = finished.ErrorMessage ?? $"The artifacts could not be stored ({exception.GetType().Name}). Check the artifact store; the runner's log has the details.",
            };
        }
    }

    // A log is no reason to throw away what it tells of.
    private async Task<StepFinished> WithLogAsync(StepFinished finished, AttemptLog log)
    {
        try
        {
            return finished with { Files = new Dictionary<string, DocumentReference>(finished.Files, StringComparer.Ordinal) { ["logs.txt"] = await log.CompleteAsync() } };
        }
        catch (Exception exception)
        {
            LogFault(exception, finished.Key.ToString());
            return finished with { Notices = [.. finished.Notices, "The log could not be stored whole. Check the artifact store; the runner's log has the details."] };
        }
    }

    private StepFinished Describe(Attempt? attempt, RunStep command, AttemptVerdict verdict, DateTimeOffset startedAt) => new()
    {
        Key = command.Key,
        Outcome = verdict.Outcome,
        Agent = attempt?.Context?.Agent.Name ?? command.Agent,
        Role = command.Role,
        Summary = Summary(verdict),
        ErrorCode = verdict.Code,
        ErrorMessage = verdict.Message is { } message ? ShortText.Of(message, MaxMessageLength, secrets) : null,
        Changed = attempt?.Work?.Changed,
        SecretsPassed = attempt?.SecretsPassed,
        Secrets = attempt?.Secrets ?? [],
        RetryAt = verdict.RetryAt,
        Usage = verdict.Usage with { Model = verdict.Usage.Model is { } model ? ShortText.Line(model, MaxSummaryLength, secrets) : null },
        Files = attempt?.Work?.Files ?? new Dictionary<string, DocumentReference>(),
        Work = attempt?.Work?.Work,
        BaseCommit = attempt?.Workspace?.BaseCommit,
        ConflictingSteps = verdict.ConflictingSteps,
        Notices = [.. Withheld(attempt, verdict).Concat(attempt?.Notices ?? []).Take(MaxNotices).Select(notice => ShortText.Of(notice, MaxMessageLength, secrets))],
        StartedAt = startedAt,
        FinishedAt = time.GetUtcNow(),
    };

    // Of work that succeeded the step that waits says so; that of a failure is asked about by nobody.
    private static IEnumerable<string> Withheld(Attempt? attempt, AttemptVerdict verdict) => attempt is not { SecretsPassed: false } || verdict.Outcome == StepOutcome.Succeeded ? []
        : attempt.Secrets is [] ? ["Work and report are withheld: it could not be seen whether they hold a secret."]
        : [$"Work and report are withheld, since they look as if they held a secret: {string.Join("; ", attempt.Secrets.Take(20))}."];

    private string Summary(AttemptVerdict verdict)
    {
        var text = verdict.Summary is { Length: > 0 } said ? said : verdict.Message ?? "Done.";
        return ShortText.Line(text, MaxSummaryLength, secrets);
    }

    // The launch is over and paid for: what it leaves on this machine is no reason to lose its report.
    private async Task CleanAsync(Attempt attempt, bool keep)
    {
        try
        {
            await RemoveAsync(attempt, keep);
        }
        catch (Exception exception)
        {
            LogLeftover(exception, attempt.Workspace?.Folder);
        }
    }

    private async Task RemoveAsync(Attempt attempt, bool keep)
    {
        try
        {
            // The relay's socket and the raw output are in the folder that goes.
            await attempt.DisposeAsync();
        }
        finally
        {
            if (attempt.Workspace is { } kept && keep)
                workspaces.Keep(kept);
            else if (attempt.Workspace is { } workspace)
                LaunchWorkspaces.Remove(workspace);
        }
    }

    // Agents get the trace by environment, whether somebody listens to ours or not.
    private static Activity? StartActivity(RunStep command) =>
        Activities.StartActivity("attempt", ActivityKind.Internal, command.TraceParent)
        ?? (command.TraceParent is { } parent ? new Activity("attempt").SetParentId(parent).Start() : null);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Attempt} failed in the runner")]
    private partial void LogFault(Exception exception, string attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The folder {Folder} of a launch that is over could not be removed")]
    private partial void LogLeftover(Exception exception, string? folder);
}
