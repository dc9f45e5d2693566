using System.ComponentModel;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Exceptions;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Runs git for the host: argument lists, a clean environment, bounded output, a limit on time after which its whole tree is gone.</summary>
public sealed partial class Git(IOptions<GitOptions> options, TimeProvider time)
{
    private const int MaxOutputBytes = 16 * 1024 * 1024;
    private const int MaxErrorBytes = 8 * 1024;

    /// <summary>Runs git to its end.</summary>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.GitTimeout"/> over its limit, <see cref="ErrorCodes.GitFailed"/> for an unexpected exit code.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; no process is left.</exception>
    public async Task<GitAnswer> RunAsync(GitCall call, CancellationToken cancellationToken)
    {
        var limit = call.Transfer ? options.Value.TransferTimeout : options.Value.Timeout;
        var output = new BoundedBuffer(MaxOutputBytes, keepEnd: false);
        var error = new BoundedBuffer(MaxErrorBytes, keepEnd: true);
        using var timeout = new CancellationTokenSource(limit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        int exitCode;
        try
        {
            var result = await Failpoint.AroundAsync("git.start", () => Cli.Wrap(options.Value.Binary)
                .WithArguments(call.Arguments)
                .WithWorkingDirectory(call.WorkTree ?? call.GitDirectory)
                .WithEnvironmentVariables(GitEnvironment.For(call))
                .WithStandardInputPipe(call.Input is { } input ? PipeSource.FromBytes(input) : PipeSource.Null)
                .WithStandardOutputPipe(call.Output is { } stream ? PipeTarget.ToStream(stream) : PipeTarget.ToStream(output))
                .WithStandardErrorPipe(PipeTarget.ToStream(error))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(ended.Token).Task);
            exitCode = result.ExitCode;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new WorkspaceException(
                ErrorCodes.GitTimeout,
                $"git {call.Arguments[0]} was ended after {limit.TotalSeconds:0.#} s. Raise {(call.Transfer ? "Git:TransferTimeout" : "Git:Timeout")} if the repository needs longer.");
        }
        catch (Exception exception) when (exception is Win32Exception or CliWrapException)
        {
            throw new WorkspaceException(ErrorCodes.GitFailed, $"{options.Value.Binary} could not be started: {exception.Message}. Install git or set Git:Binary.", exception);
        }

        var text = Clean(error.ToString());
        if (output.Overflowed)
            throw new WorkspaceException(ErrorCodes.GitFailed, $"git {call.Arguments[0]} printed more than {MaxOutputBytes} bytes.");
        if (!call.Expected.Contains(exitCode) && GitOutage.IsOfDisk(text))
            throw new WorkspaceException(ErrorCodes.StorageUnavailable, $"git {call.Arguments[0]} could not write or read a file of this machine: {text}") { IsOutage = true };
        return call.Expected.Contains(exitCode)
            ? new GitAnswer(exitCode, output.ToArray(), text)
            : throw new WorkspaceException(ErrorCodes.GitFailed, $"git {call.Arguments[0]} ended with exit code {exitCode}: {text}");
    }

    // A URL that git repeats may carry a user and a password.
    private static string Clean(string text) => UserInfo().Replace(Control().Replace(text.Trim(), " "), "://***@");

    [GeneratedRegex(@"://[^/\s@]+@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"[\p{Cc}-[\n]]")]
    private static partial Regex Control();
}
