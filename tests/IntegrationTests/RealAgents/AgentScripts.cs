using System.Text.Json.Nodes;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>What the model says to each CLI to make it do the same work, in the CLI's own tools.</summary>
internal static class AgentScripts
{
    // Tokens of four answers: 1450 input, 4550 read from the cache, 180 output; claude's also write 500 to it.
    private static readonly ModelUsage[] Usages =
    [
        new() { Input = 1000, Output = 50 },
        new() { Input = 200, CacheRead = 1400, Output = 60 },
        new() { Input = 150, CacheRead = 1500, Output = 40 },
        new() { Input = 100, CacheRead = 1650, Output = 30 },
    ];

    /// <summary>Reads, edits, writes a new file, says so: three rounds of tools and an answer. The first call fails.</summary>
    public static ModelScript Work(string agent, int failure)
    {
        var script = new ModelScript
        {
            Turns = [.. new[] { Read(agent), Edit(agent), Write(agent) }.Select((call, round) => new ModelTurn { Text = $"Round {round + 1}.", Calls = [call], Usage = Usages[round] })],
            End = new ModelTurn { Text = "# Better\n\nThe greeting is warmer now.", Usage = Usages[3] },
            Failures = [new ModelFailure { Status = failure, Message = "scripted failure" }],
        };
        return agent == "claude"
            ? script with { Turns = [.. script.Turns.Select((turn, round) => round switch { 0 => turn with { Usage = turn.Usage with { CacheWrite = 400 } }, 1 => turn with { Usage = turn.Usage with { CacheWrite = 100 } }, _ => turn })] }
            : script;
    }

    /// <summary>Reads a file and tries to change it, then says that all is well.</summary>
    public static ModelScript Change(string agent) => new()
    {
        // They edit only what they have read.
        Turns = [new ModelTurn { Text = "I look.", Calls = [Read(agent)], Usage = Usages[0] }, new ModelTurn { Text = "I change it.", Calls = [Edit(agent)], Usage = Usages[1] }],
        End = new ModelTurn { Text = "All is well.", Usage = Usages[3] },
    };

    /// <summary>One round of work; every call after it fails.</summary>
    public static ModelScript FailingLater(string agent, int status) => Change(agent) with { Failures = [new ModelFailure { Times = -1, Status = status, After = 1, Message = "scripted failure" }] };

    /// <summary>Every call fails.</summary>
    public static ModelScript Failing(int status, int? retryAfter = null) => new()
    {
        Failures = [new ModelFailure { Times = -1, Status = status, RetryAfter = retryAfter, Message = "scripted failure" }],
    };

    /// <summary>Runs a line of shell, then says that all is well.</summary>
    public static ModelScript Shell(string agent, string line) => new()
    {
        Turns =
        [
            new ModelTurn
            {
                Text = "I run it.",
                Calls = [agent switch
                {
                    "claude" => Call("Bash", new() { ["command"] = line, ["description"] = "Run it" }),
                    "codex" => Call("exec_command", new() { ["cmd"] = line }),
                    _ => Call("bash", new() { ["command"] = line, ["description"] = "Run it" }),
                }],
                Usage = Usages[0],
            },
        ],
        End = new ModelTurn { Text = "All is well.", Usage = Usages[3] },
    };

    private static ToolCall Read(string agent) => agent switch
    {
        "claude" => Call("Read", new() { ["file_path"] = "README.md" }),
        "codex" => Call("exec_command", new() { ["cmd"] = "cat README.md" }),
        _ => Call("read", new() { ["filePath"] = "README.md" }),
    };

    private static ToolCall Edit(string agent) => agent switch
    {
        "claude" => Call("Edit", new() { ["file_path"] = "README.md", ["old_string"] = "hello", ["new_string"] = "hello, friend" }),
        "codex" => Patch("*** Update File: README.md\n@@\n-hello\n+hello, friend"),
        _ => Call("apply_patch", new() { ["patchText"] = PatchOf("*** Update File: README.md\n@@\n-hello\n+hello, friend") }),
    };

    private static ToolCall Write(string agent) => agent switch
    {
        "claude" => Call("Write", new() { ["file_path"] = "NOTES.md", ["content"] = "a note\n" }),
        "codex" => Patch("*** Add File: NOTES.md\n+a note"),
        // OpenCode offers edit and write to other models, and to this one what Codex has.
        _ => Call("apply_patch", new() { ["patchText"] = PatchOf("*** Add File: NOTES.md\n+a note") }),
    };

    private static ToolCall Call(string name, JsonObject input) => new(name, input);

    private static ToolCall Patch(string body) => new("apply_patch", JsonValue.Create(PatchOf(body)));

    private static string PatchOf(string body) => $"*** Begin Patch\n{body}\n*** End Patch\n";
}
