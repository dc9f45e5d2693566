using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents;

/// <summary>A program that does a step's work. One folder per CLI; no adapter starts a process by itself: it asks <see cref="IAgentBox"/>.</summary>
public interface ICodingAgent
{
    /// <summary>The name that a step's <c>agent</c> field uses.</summary>
    string Name { get; }

    /// <summary>Whether it runs foreign code and needs the sandbox. False only for agents that work in this process.</summary>
    bool NeedsBox { get; }

    /// <summary>The model API that it speaks, or null when it calls no model.</summary>
    ModelApi? Model { get; }

    /// <summary>Runs the agent once and reads what it did. Never throws for what the agent does; throws <see cref="OperationCanceledException"/> only when <paramref name="cancellationToken"/> fires.</summary>
    Task<AgentResult> RunAsync(AgentRun run, CancellationToken cancellationToken);
}

/// <summary>Shapes of model APIs.</summary>
public enum ModelApi
{
    /// <summary>Anthropic messages.</summary>
    Anthropic,

    /// <summary>OpenAI responses (codex) and chat completions (opencode).</summary>
    OpenAi,
}

/// <summary>All that one launch needs to know.</summary>
public sealed record AgentRun
{
    /// <summary>The launch.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>The step's definition.</summary>
    public required StepDocument Step { get; init; }

    /// <summary>Which kind of work it is.</summary>
    public required StepRole Role { get; init; }

    /// <summary>The finished prompt: goal, context, inputs, comments, task.</summary>
    public required string Prompt { get; init; }

    /// <summary>Effective tools, in the words of Claude Code (<c>Read</c>, <c>Edit</c>, <c>Write</c>, <c>Bash</c>, <c>Grep</c>, <c>Glob</c> …).</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <summary>Whether the effective tools include a writing one; the workspace is writable exactly then.</summary>
    public required bool CanWrite { get; init; }

    /// <summary>The workspace as a path that is valid inside and outside the box.</summary>
    public required string Workspace { get; init; }

    /// <summary>A fresh private home of this launch, valid inside and outside the box, not below the temp folder.</summary>
    public required string Home { get; init; }

    /// <summary>A folder for temporary files, valid inside the box.</summary>
    public required string Temp { get; init; }

    /// <summary>Absolute path of the binary, or null for an agent without one.</summary>
    public string? Binary { get; init; }

    /// <summary>Base URL of the model as seen by the agent, without <c>/v1</c>; null when it calls no model.</summary>
    public Uri? ModelUrl { get; init; }

    /// <summary>Placeholder key that the agent presents; the relay outside the box puts the real one in.</summary>
    public string ModelKey { get; init; } = "sk-in-the-box";

    /// <summary>Model name, or null for the agent's default.</summary>
    public string? Model { get; init; }

    /// <summary>The newest refusal of the model's provider if no good answer came after it, as seen from outside the box; the CLIs seldom say when a limit ends.</summary>
    public Func<ModelRefusal?> LastRefusal { get; init; } = () => null;

    /// <summary>Whether a call of the model was refused, outside the box, because <see cref="CapMicroUsd"/> is spent: the launch is to be ended.</summary>
    public Func<bool> IsCapReached { get; init; } = () => false;

    /// <summary>Hard cap of the launch in micro-dollars; null is none.</summary>
    public long? CapMicroUsd { get; init; }

    /// <summary>What people and earlier visits said; already part of <see cref="Prompt"/>, here for scripted agents.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>Starts the agent's process.</summary>
    public required IAgentBox Box { get; init; }

    /// <summary>The step's log, for people; cleaned and written by the engine.</summary>
    public required IAgentLog Log { get; init; }
}

/// <summary>An answer of a provider that was no good one.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="RetryAt">When it may be tried again, or null when the answer does not say.</param>
public sealed record ModelRefusal(int Status, DateTimeOffset? RetryAt);

/// <summary>Starts one process for an agent, boxed as the policy says, with the launch's time limits, and ends its whole tree.</summary>
public interface IAgentBox
{
    /// <summary>Runs the command to its end and feeds what it prints to <paramref name="output"/>.</summary>
    /// <exception cref="OperationCanceledException">The launch was cancelled; no process is left.</exception>
    Task<BoxExit> RunAsync(AgentCommand command, IAgentOutput output, CancellationToken cancellationToken);
}

/// <summary>A command line for the box. The environment is exactly <see cref="Environment"/> plus PATH, HOME, TMPDIR, LANG and TRACEPARENT, which the box sets.</summary>
public sealed record AgentCommand
{
    /// <summary>Program and arguments; never a shell line.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables beyond those that the box sets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Files written into the home before the start: relative path to content.</summary>
    public IReadOnlyDictionary<string, string> HomeFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>Text on standard input, closed after it; null is an empty standard input.</summary>
    public string? StandardInput { get; init; }
}

/// <summary>Receives bytes as they come, from one thread at a time. Must not block and must bound what it keeps.</summary>
public interface IAgentOutput
{
    /// <summary>A piece of standard output; borders of pieces mean nothing.</summary>
    void OnStandardOutput(ReadOnlySpan<byte> piece);

    /// <summary>A piece of standard error.</summary>
    void OnStandardError(ReadOnlySpan<byte> piece);
}

/// <summary>How the process ended.</summary>
/// <param name="ExitCode">Exit code, or null when a signal ended it.</param>
/// <param name="Signal">Signal number, or null (128 + n of a wrapper is reported as the signal n).</param>
/// <param name="End">Who ended it.</param>
/// <param name="Reason">Why it was not started, for people; null otherwise.</param>
public sealed record BoxExit(int? ExitCode, int? Signal, BoxEnd End, string? Reason = null);

/// <summary>Who ended the process.</summary>
public enum BoxEnd
{
    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>The hard timeout.</summary>
    TimedOut,

    /// <summary>The idle watchdog.</summary>
    Idle,

    /// <summary>It could not be started.</summary>
    NotStarted,
}

/// <summary>The step's log.</summary>
public interface IAgentLog
{
    /// <summary>Adds a line.</summary>
    void WriteLine(string line);
}
