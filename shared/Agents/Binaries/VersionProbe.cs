using System.Collections.Concurrent;
using System.ComponentModel;
using CliWrap;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Agents.Binaries;

/// <summary>Asks programs for their versions: one configured argument, no standard input, no key, a time limit. The answer is the text, never the exit code.</summary>
public sealed class VersionProbe(BinaryLocator locator, IOptions<AgentsOptions> options) : IDisposable
{
    private const int MostOutput = 16 * 1024;

    private readonly ConcurrentDictionary<string, BinaryStatus> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Whether the agent's program can be used. A yes is kept until the program's file changes; a no is asked again.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    public async Task<BinaryStatus> CheckAsync(string agent, CancellationToken cancellationToken)
    {
        var settings = BinarySettings.Of(agent, options.Value);
        if (locator.Find(agent) is not { } path)
            return new BinaryStatus(agent, null, null, $"{settings.Program} is not there or may not be executed: install it, or set {AgentsOptions.Section}:{nameof(AgentsOptions.Binaries)}:{agent}:{nameof(AgentBinaryOptions.Path)}.");
        if (!settings.IsAsked)
            return new BinaryStatus(agent, path, null, null);
        var file = new FileInfo(path);
        var key = $"{path}|{file.Length}|{file.LastWriteTimeUtc.Ticks}|{settings.VersionArgument}|{settings.Minimum}";
        if (_known.TryGetValue(key, out var known))
            return known;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_known.TryGetValue(key, out known))
                return known;
            var status = Judge(agent, path, settings, await AskAsync(path, settings.VersionArgument, cancellationToken));
            if (status.CanRun)
                _known[key] = status;
            return status;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private static BinaryStatus Judge(string agent, string path, BinarySettings settings, string? output)
    {
        var version = output is null ? null : ProgramVersion.Find(output);
        var problem = (output, version, settings.Minimum) switch
        {
            (null, _, _) => $"'{path} {settings.VersionArgument}' did not answer in time.",
            (_, null, not null) => $"'{path} {settings.VersionArgument}' printed no version: set {AgentsOptions.Section}:{nameof(AgentsOptions.Binaries)}:{agent}:{nameof(AgentBinaryOptions.VersionArgument)}.",
            (_, { } found, { } minimum) when found.IsBefore(minimum) => $"{path} is version {found}, at least {minimum} is required: update it.",
            _ => null,
        };
        return new BinaryStatus(agent, path, version, problem);
    }

    private async Task<string?> AskAsync(string path, string argument, CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("orchestrator-version-");
        var output = new MemoryStream();
        var target = PipeTarget.Create((stream, token) => CopyAsync(stream, output, token));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.VersionTimeout);
        try
        {
            await Failpoint.AroundAsync("version.start", () => Cli.Wrap(path)
                .WithArguments([argument])
                .WithWorkingDirectory(home.FullName)
                .WithEnvironmentVariables(variables => WithoutKeys(variables, home.FullName))
                .WithStandardInputPipe(PipeSource.Null)
                .WithStandardOutputPipe(target)
                .WithStandardErrorPipe(target)
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token).Task);
            return Text();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            return "";
        }
        finally
        {
            Remove(home);
        }

        string Text()
        {
            lock (output)
                return System.Text.Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
        }
    }

    private static void WithoutKeys(CliWrap.Builders.EnvironmentVariablesBuilder variables, string home)
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
            variables.Set(name, null);
        variables.Set("PATH", Environment.GetEnvironmentVariable("PATH")).Set("HOME", home).Set("TMPDIR", home).Set("LANG", "C.UTF-8");
    }

    private static async Task CopyAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            lock (to)
            {
                if (to.Length < MostOutput)
                    to.Write(buffer, 0, count);
            }
        }
    }

    private static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child of the program may still write there; the system clears its temporary folder.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}

/// <summary>What is known of an agent's program.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Path">Full path, or null when it is not there.</param>
/// <param name="Version">Version, or null when it could not be read.</param>
/// <param name="Problem">Why it cannot be used and the remedy, or null.</param>
public sealed record BinaryStatus(string Agent, string? Path, ProgramVersion? Version, string? Problem)
{
    /// <summary>Whether it can be used.</summary>
    public bool CanRun => Problem is null;
}
