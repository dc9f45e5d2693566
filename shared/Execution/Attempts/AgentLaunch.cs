using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Sandbox;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.Execution.Attempts;

/// <summary>Runs the agent of a launch in its box, with its model behind a relay; and, afterwards, the step's <c>verify</c>.</summary>
internal sealed partial class AgentLaunch(
    IProcessRunner runner,
    ModelRelays relays,
    IOptions<SandboxOptions> sandboxOptions,
    IOptions<ProcessesOptions> processes,
    TimeProvider time,
    ILogger<AgentLaunch> logger)
{
    // A boxed agent is ended by its box; this is for what the box does not see, such as an adapter that waits for something else.
    private static readonly TimeSpan BoxGrace = TimeSpan.FromSeconds(5);

    // A job names the program of verify, and an agent may leave a link in its place: looked up in the box, from the work tree, it is nothing that the box does not show.
    private static readonly string[] LookUpInside = ["/bin/sh", "-c", "exec \"$@\"", "verify"];

    /// <summary>Runs the agent. Timeout, cancel and a fault of the adapter are results too, so that partial work is collected after them.</summary>
    public async Task<AgentResult> RunAsync(AttemptContext context, PreparedWorkspace workspace, string prompt, RawOutput raw, IAgentLog log, ModelRelay? relay, CancellationToken cancellationToken)
    {
        var result = await RunAgentAsync(context, workspace, prompt, raw, log, relay, cancellationToken);
        if (relay is null)
            return result;
        // What is still open is of no use any more, and has cost something.
        await EndAsync(relay, context);
        // Work that an outage broke off would be paid for again with each look: that is an attempt like any other.
        if (result is { Outcome: StepOutcome.Parked, ErrorCode: ErrorCodes.ProviderError } && relay.Meter.HasAnswered)
            result = result with { Outcome = StepOutcome.Failed };
        return relay.Meter.Complete(result);
    }

    private async Task EndAsync(ModelRelay relay, AttemptContext context)
    {
        try
        {
            await relay.EndAsync();
        }
        catch (Exception exception)
        {
            LogRelayFault(exception, context.Command.Key.ToString());
        }
    }

    private async Task<AgentResult> RunAgentAsync(AttemptContext context, PreparedWorkspace workspace, string prompt, RawOutput raw, IAgentLog log, ModelRelay? relay, CancellationToken cancellationToken)
    {
        var limit = Limit(context);
        using var timeout = new CancellationTokenSource(context.Agent.NeedsBox ? limit + BoxGrace : limit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var result = await context.Agent.RunAsync(Describe(context, workspace, prompt, raw, log, relay), ended.Token);
            // An adapter that reports what it used until it was stopped does not know by whom.
            return result.Outcome == StepOutcome.Cancelled && !cancellationToken.IsCancellationRequested ? TimedOut(context, result) : result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new AgentResult { Outcome = StepOutcome.Cancelled, ErrorCode = ErrorCodes.Cancelled, ErrorMessage = AttemptVerdict.Cancelled.Message };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return TimedOut(context, new AgentResult { Outcome = StepOutcome.TimedOut });
        }
        catch (Exception exception)
        {
            LogAdapterFault(exception, context.Command.Key.ToString(), context.Agent.Name);
            return new AgentResult { Outcome = StepOutcome.Failed, ErrorCode = ErrorCodes.Internal, ErrorMessage = $"The adapter of {context.Agent.Name} failed ({exception.GetType().Name}); the runner's log has the details." };
        }
    }

    /// <summary>Starts the relay to the agent's model; null for an agent without one.</summary>
    /// <exception cref="ModelKeyMissingException">The host has no key for it.</exception>
    public async Task<ModelRelay?> StartRelayAsync(AttemptContext context, PreparedWorkspace workspace, CancellationToken cancellationToken) => context.Agent.Model is { } model
        ? await relays.StartAsync(model, context.Lowered || context.WantsNetwork ? null : Path.Join(workspace.Folder, "model.sock"), context.Command.CapMicroUsd, cancellationToken)
        : null;

    /// <summary>Starts the time that agent and <c>verify</c> have together.</summary>
    public TimeLimit StartTime(AttemptContext context) => new(Limit(context), time);

    /// <summary>The box of the agent's processes.</summary>
    public IAgentBox BoxFor(AttemptContext context, PreparedWorkspace workspace, ModelRelay? relay, TimeLimit limit) => context.Agent.NeedsBox
        ? Box(context, limit, new BoxLayout
        {
            Workspace = workspace.WorkTree,
            CanWrite = context.Decision.CanWrite,
            Home = workspace.Home,
            Temp = workspace.Temp,
            Network = context.WantsNetwork ? BoxNetwork.Allow : BoxNetwork.Deny,
            ModelSocket = relay?.Socket,
            ReadablePaths = context.Binary is { } binary ? InstallFolder.Of(binary) : [],
        })
        : NoProcesses.Instance;

    /// <summary>Runs <c>verify</c> on the work tree, which nobody reads any more, in a box with a fresh home and no model; null when it passed.</summary>
    public async Task<string?> VerifyAsync(AttemptContext context, PreparedWorkspace workspace, TimeLimit limit, StepLog log, CancellationToken cancellationToken)
    {
        var (home, temp) = (Path.Join(workspace.Folder, "verify-home"), Path.Join(workspace.Folder, "verify-tmp"));
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(temp);
        var verify = context.Step.Verify!;
        var box = Box(context, limit, new BoxLayout
        {
            Workspace = workspace.WorkTree,
            CanWrite = true,
            Home = home,
            Temp = temp,
            Network = context.WantsNetwork ? BoxNetwork.Allow : BoxNetwork.Deny,
        });
        log.WriteLine($"verify: {string.Join(' ', verify)}");
        var output = new StepLogOutput(log);
        var exit = await box.RunAsync(new AgentCommand { Arguments = [.. LookUpInside, .. verify] }, output, cancellationToken);
        output.Finish();
        return exit switch
        {
            { End: BoxEnd.Exited, ExitCode: 0 } => null,
            { End: BoxEnd.Exited, ExitCode: { } code } => $"verify ({verify[0]}) ended with exit code {code}; its output is in logs.txt.",
            { End: BoxEnd.NotStarted } => $"verify could not be started: {exit.Reason}",
            { End: BoxEnd.TimedOut } => $"verify ({verify[0]}) was ended: agent and verify together have {context.Step.TimeoutSec} s. Raise timeout_sec or split the step.",
            { End: BoxEnd.Idle } => $"verify ({verify[0]}) was ended: it printed nothing for {processes.Value.IdleTimeout.TotalSeconds:0} s.",
            _ => $"verify ({verify[0]}) was ended by signal {exit.Signal}.",
        };
    }

    private static AgentResult TimedOut(AttemptContext context, AgentResult result) => result with
    {
        Outcome = StepOutcome.TimedOut,
        ErrorCode = ErrorCodes.Timeout,
        ErrorMessage = $"The agent was ended after {context.Step.TimeoutSec} s. Raise timeout_sec or split the step.",
        Summary = "",
    };

    private static AgentRun Describe(AttemptContext context, PreparedWorkspace workspace, string prompt, RawOutput raw, IAgentLog log, ModelRelay? relay)
    {
        var run = new AgentRun
        {
            Key = context.Command.Key,
            Step = context.Step,
            Role = context.Decision.Role,
            Prompt = prompt,
            Tools = context.Decision.Tools,
            CanWrite = context.Decision.CanWrite,
            Workspace = workspace.WorkTree,
            Home = workspace.Home,
            Temp = workspace.Temp,
            Binary = context.Binary,
            ModelUrl = relay?.Url,
            Model = context.Step.Model,
            CapMicroUsd = context.Command.CapMicroUsd,
            Comments = context.Command.Comments,
            Box = raw,
            Log = log,
        };
        return relay is null ? run : run with { ModelKey = relay.Placeholder, LastRefusal = () => relay.LastRefusal, IsCapReached = () => relay.Meter.IsCapReached };
    }

    private AgentBox Box(AttemptContext context, TimeLimit limit, BoxLayout layout)
    {
        var idle = processes.Value.IdleTimeout;
        return new AgentBox(context.Sandbox, runner, sandboxOptions, time, layout with { ReadablePaths = [.. layout.ReadablePaths, .. context.Job.Project?.CacheMounts ?? []] }, limit.Left, idle == TimeSpan.Zero ? null : idle);
    }

    private static TimeSpan Limit(AttemptContext context) => TimeSpan.FromSeconds(context.Step.TimeoutSec);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Attempt}: the model relay could not be ended")]
    private partial void LogRelayFault(Exception exception, string attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Attempt}: the adapter of {Agent} failed")]
    private partial void LogAdapterFault(Exception exception, string attempt, string agent);
}
