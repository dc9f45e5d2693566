using System.Diagnostics;

namespace Orchestrator.TestServers.Processes;

/// <summary>Runs a short command to its end.</summary>
public static class Shell
{
    /// <summary>Whether this process is root.</summary>
    public static bool IsRoot { get; } = Environment.UserName == "root";

    /// <summary>Runs it and answers code and output.</summary>
    public static async Task<(int Code, string Output)> TryAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (127, e.Message);
        }
    }

    /// <summary>Runs it and answers its output; fails when it does.</summary>
    public static async Task<string> RunAsync(params string[] command)
    {
        var (code, output) = await TryAsync(command);
        return code == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {code}:\n{output}");
    }
}
