using System.Text;
using Orchestrator.Agents;
using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Sandbox;

/// <summary>Makes a box with the very options that agents get and lets it say what it sees.</summary>
internal sealed class SandboxProbe(SandboxOptions options, IProcessRunner runner)
{
    private const string LowerTheBar = $"Or set {SandboxOptions.Section}:{nameof(SandboxOptions.Mode)} to none, which runs agents with the rights of this service.";

    private const string Checks = """
        [ "$(id -u)" = 1000 ] || echo "the user is $(id -u)"
        grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status || echo "capabilities are kept"
        [ "$(grep -c : /proc/net/dev)" = 1 ] || echo "the host's network is visible"
        [ ! -w /proc/sys/kernel/core_pattern ] || echo "kernel settings are writable"
        ! touch /usr/.probe 2>/dev/null || echo "the system is writable"
        ! touch /.probe 2>/dev/null || echo "the root is writable"
        touch "$HOME/.probe" || echo "the home is not writable"
        command -v socat >/dev/null || echo "socat is missing: install it, boxes reach their model through it"
        echo done
        """;

    /// <summary>Tries a box with a <c>/proc</c> of its own and, only where the kernel refuses that, with the host's read-only.</summary>
    public async Task<(SandboxStatus Status, BoxKind? Kind)> RunAsync(CancellationToken cancellationToken)
    {
        var bubblewrap = Executable.Find(options.Bubblewrap, Environment.GetEnvironmentVariable("PATH") ?? options.SearchPath);
        if (bubblewrap is null)
            return No($"{options.Bubblewrap} is missing: install bubblewrap (Debian: apt-get install bubblewrap). {LowerTheBar}");

        var folder = Directory.CreateTempSubdirectory("orchestrator-probe-");
        try
        {
            var fresh = new BoxKind(bubblewrap, FreshProc: true);
            var complaint = await ComplaintAsync(fresh, folder.FullName, cancellationToken);
            if (complaint is null)
                return (new(SandboxState.Enforced, "bubblewrap with a /proc of its own"), fresh);
            if (!complaint.Contains("proc", StringComparison.OrdinalIgnoreCase))
                return No(Explain(complaint));

            var bound = fresh with { FreshProc = false };
            return await ComplaintAsync(bound, folder.FullName, cancellationToken) is { } second
                ? No(Explain(second))
                : (new(SandboxState.Enforced, "bubblewrap with the host's /proc read-only: command lines of other processes can be seen"), bound);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (SandboxStatus Status, BoxKind? Kind) No(string detail) => (new(SandboxState.Unavailable, detail), null);

    private static string Explain(string complaint) =>
        $"a box cannot be made here: {complaint.Trim()}. In a container or pod the default seccomp profile forbids user namespaces: give the runner the Localhost profile " +
        "(or Docker's --security-opt seccomp=<profile>), and on nodes with AppArmor a profile that allows mounts (or --security-opt apparmor=unconfined). On a host look at the sysctls kernel.unprivileged_userns_clone (1), user.max_user_namespaces (> 0) and " +
        $"kernel.apparmor_restrict_unprivileged_userns (0). {LowerTheBar}";

    private async Task<string?> ComplaintAsync(BoxKind kind, string folder, CancellationToken cancellationToken)
    {
        var spec = new ProcessSpec
        {
            Arguments = ["/bin/sh", "-c", Checks],
            Environment = new Dictionary<string, string> { ["PATH"] = options.SearchPath, ["HOME"] = folder },
            WorkingDirectory = folder,
            Timeout = TimeSpan.FromSeconds(30),
        };
        var layout = new BoxLayout { Workspace = folder, Home = folder, CanWrite = true, ReadablePaths = [.. options.ReadOnlyPaths] };
        var said = new ShortText();
        var exit = await runner.RunAsync(kind.Box(spec, layout, options.MemoryFolderBytes), said, cancellationToken);
        var text = said.ToString().Trim();
        if (exit is { ExitCode: 0, End: BoxEnd.Exited } && text == "done")
            return null;
        return text.Length > 0 ? text.Replace("done", "", StringComparison.Ordinal).Trim().ReplaceLineEndings("; ") : exit.Reason ?? $"bubblewrap ended with {exit}";
    }

    private sealed class ShortText : IAgentOutput
    {
        private readonly StringBuilder _text = new();

        public void OnStandardOutput(ReadOnlySpan<byte> piece) => Add(piece);

        public void OnStandardError(ReadOnlySpan<byte> piece) => Add(piece);

        public override string ToString() => _text.ToString();

        private void Add(ReadOnlySpan<byte> piece)
        {
            if (_text.Length < 4096)
                _text.Append(Encoding.UTF8.GetString(piece[..Math.Min(piece.Length, 1024)]));
        }
    }
}
