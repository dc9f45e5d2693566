namespace Orchestrator.Cli.Doctor;

/// <summary>Programs that the system starts.</summary>
public static class ProgramChecks
{
    private static readonly Version Git = new(2, 32);
    private static readonly Version Sdk = new(10, 0, 100);

    public static async Task<IReadOnlyList<Check>> RunAsync(Tool tools, CancellationToken stop) =>
    [
        await NeededAsync(tools, "dotnet", Sdk, ".NET SDK", "Install the .NET 10 SDK: https://dot.net/download", stop),
        await NeededAsync(tools, "git", Git, "git", "Install git 2.32 or newer; `orch apply` merges three-way with it.", stop),
        await SandboxAsync(tools, stop),
        Optional(tools, "socat", "Install socat; a boxed agent reaches its model through it."),
        await AgentAsync(tools, "claude", "@anthropic-ai/claude-code", stop),
        await AgentAsync(tools, "codex", "@openai/codex", stop),
        await AgentAsync(tools, "opencode", "opencode-ai", stop),
    ];

    private static async Task<Check> NeededAsync(Tool tools, string program, Version least, string name, string remedy, CancellationToken stop)
    {
        if (tools.Find(program) is not { } path)
            return Check.Fail(name, $"{program} is not on PATH", remedy);
        return await Tool.VersionAsync(path, stop) switch
        {
            null => Check.Fail(name, $"{path} does not tell its version", remedy),
            { } version when version < least => Check.Fail(name, $"{version} is older than {least}", remedy),
            { } version => Check.Ok(name, $"{version} ({path})"),
        };
    }

    private static Check Optional(Tool tools, string program, string remedy) =>
        tools.Find(program) is { } path ? Check.Ok(program, path) : Check.Warn(program, "not on PATH; only the simulated agent can run", remedy);

    private static async Task<Check> SandboxAsync(Tool tools, CancellationToken stop)
    {
        const string name = "bubblewrap";
        if (tools.Find("bwrap") is not { } path)
            return Check.Warn(name, "bwrap is not on PATH; real agents are refused (sandbox_unavailable)", "Install bubblewrap, for example: apt-get install bubblewrap");
        // The namespaces of a boxed step; they exist only where the kernel lets this user make them.
        var trial = await Tool.RunAsync(path, ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"], stop);
        return trial switch
        {
            { ExitCode: 0 } => Check.Ok(name, $"{await Tool.VersionAsync(path, stop)}, makes its namespaces"),
            _ => Check.Warn(
                name,
                $"cannot make a box here: {trial?.StandardError.Trim() ?? "no answer"}",
                "Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1), or in a container the seccomp profile of the runners."),
        };
    }

    private static async Task<Check> AgentAsync(Tool tools, string agent, string package, CancellationToken stop)
    {
        var remedy = $"Only for real work with it: npm install -g {package}";
        if (tools.Find(agent) is not { } path)
            return Check.Warn($"agent {agent}", "not on PATH", remedy);
        return await Tool.VersionAsync(path, stop) is { } version
            ? Check.Ok($"agent {agent}", $"{version} ({path})")
            : Check.Warn($"agent {agent}", $"{path} does not tell its version", remedy);
    }
}
