using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Orchestrator.Agents.Binaries;

/// <summary>Finds an agent's program on this machine.</summary>
public sealed class BinaryLocator(IOptions<AgentsOptions> options)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Full path of the program with links resolved, or null when it is not there or may not be executed.</summary>
    /// <param name="agent">The agent's name.</param>
    public string? Find(string agent)
    {
        var program = BinarySettings.Of(agent, options.Value).Program;
        var found = program.Contains('/', StringComparison.Ordinal)
            ? Candidate(Path.GetFullPath(program))
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Where(Path.IsPathFullyQualified)
                .Select(folder => Candidate(Path.Combine(folder, program)))
                .FirstOrDefault(path => path is not null);
        return found is null ? null : BehindWrapper(found);
    }

    private static string? Candidate(string path)
    {
        try
        {
            if (!File.Exists(path) || OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) == 0)
                return null;
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>npm's <c>codex</c> is a script that starts the real program and leaves it running when it is killed itself.</summary>
    private static string BehindWrapper(string path)
    {
        const string Wrapper = "/@openai/codex/bin/codex.js";
        if (!path.EndsWith(Wrapper, StringComparison.Ordinal))
            return path;
        var (platform, triple) = RuntimeInformation.OSArchitecture == Architecture.Arm64
            ? ("codex-linux-arm64", "aarch64-unknown-linux-musl")
            : ("codex-linux-x64", "x86_64-unknown-linux-musl");
        var tree = path[..^Wrapper.Length];
        return new[] { $"{tree}/@openai/{platform}", $"{tree}/@openai/codex/node_modules/@openai/{platform}" }
            .Select(package => Candidate($"{package}/vendor/{triple}/bin/codex"))
            .FirstOrDefault(real => real is not null) ?? path;
    }
}
