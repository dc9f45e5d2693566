using System.Runtime.InteropServices;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>The programs that these tests run for real: the agent CLIs at their pinned versions, and the one that plays an agent.</summary>
internal static class AgentPrograms
{
    private static readonly string Root = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
    private static readonly string Modules = Path.Join(Root, ".cache", "clis", "node_modules");

    public static string FakeAgent { get; } = Path.Join(AppContext.BaseDirectory, "Orchestrator.FakeAgent");

    /// <summary>Where the runtime is that the played agent needs.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The CLI's own program. Its absence is a failure.</summary>
    public static string Of(string agent) => agent switch
    {
        "claude" => There(Path.Join(Modules, "@anthropic-ai", "claude-code", "bin", "claude.exe")),
        "codex" => There(Directory.Exists(Path.Join(Modules, "@openai"))
            ? Directory.EnumerateFiles(Path.Join(Modules, "@openai"), "codex", SearchOption.AllDirectories).FirstOrDefault(path => path.EndsWith("/bin/codex", StringComparison.Ordinal)) ?? Modules
            : Modules),
        _ => There(Path.Join(Modules, "opencode-ai", "bin", "opencode.exe")),
    };

    private static string There(string path) => File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: run tests/clis/install.sh.");
}
