using System.Text;
using CliWrap;

namespace Orchestrator.Cli.Patches;

/// <summary>Git in the user's own checkout.</summary>
public sealed class Git(string folder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public async Task<GitResult> RunAsync(IEnumerable<string> arguments, CancellationToken stop)
    {
        var output = new StringBuilder();
        var error = new StringBuilder();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        try
        {
            var result = await CliWrap.Cli.Wrap("git")
                .WithArguments(["-C", folder, .. arguments])
                .WithEnvironmentVariables(variables =>
                {
                    // A hook or an alias that called us would point git at its own repository and index.
                    variables.Set("GIT_TERMINAL_PROMPT", "0").Set("LC_ALL", "C").Set("GIT_DIR", null).Set("GIT_WORK_TREE", null).Set("GIT_INDEX_FILE", null);
                    foreach (var (name, value) in Environment)
                        variables.Set(name, value);
                })
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token);
            return new GitResult(result.ExitCode, output.ToString(), error.ToString());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UsageException("git is not installed.", "Install git and try again.");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new UsageException($"git {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>Runs it and answers what it printed; anything but exit code 0 is refused.</summary>
    public async Task<string> ReadAsync(IEnumerable<string> arguments, CancellationToken stop)
    {
        var result = await RunAsync(arguments, stop);
        return result.ExitCode == 0
            ? result.Output
            : throw new UsageException($"git {string.Join(' ', arguments)} failed: {result.Error.Trim()}");
    }

    /// <summary>The root of the work tree.</summary>
    public async Task<string> TopAsync(CancellationToken stop)
    {
        var result = await RunAsync(["rev-parse", "--show-toplevel"], stop);
        return result.ExitCode == 0
            ? result.Output.TrimEnd('\n')
            : throw new UsageException($"{folder} is not in a git work tree: {result.Error.Trim()}", "Name a checkout with --repo.");
    }
}

/// <summary>How git ended.</summary>
public sealed record GitResult(int ExitCode, string Output, string Error);
