using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace Orchestrator.Cli.Doctor;

/// <summary>A program on the search path and what it says about its version.</summary>
public sealed partial class Tool(string? searchPath)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Absolute path of the first executable of that name, or null.</summary>
    public string? Find(string name) => (searchPath ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(IsExecutable);

    /// <summary>The version in what <c>--version</c> prints; null when it says none within 10 s. No standard input is given.</summary>
    public static async Task<Version?> VersionAsync(string path, CancellationToken stop)
    {
        var run = await RunAsync(path, ["--version"], stop);
        return run is not null && Number().Match(run.StandardOutput + run.StandardError) is { Success: true } match ? Version.Parse(match.Value) : null;
    }

    public static async Task<BufferedCommandResult?> RunAsync(string path, IEnumerable<string> arguments, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        try
        {
            return await CliWrap.Cli.Wrap(path).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception
            || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex Number();
}
