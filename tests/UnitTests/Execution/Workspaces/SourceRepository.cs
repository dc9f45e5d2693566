using System.Diagnostics;
using System.Text;

namespace Orchestrator.UnitTests.Execution.Workspaces;

/// <summary>A real repository that stands for a project's upstream.</summary>
internal sealed class SourceRepository
{
    public SourceRepository(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        Git("init", "--quiet", "--initial-branch=main");
        Git("config", "user.name", "Someone");
        Git("config", "user.email", "someone@example.org");
    }

    public string Path { get; }

    public string Git(params string[] arguments) => Run(Path, arguments);

    public string Commit(string message, params (string Name, string Content)[] files)
    {
        foreach (var (name, content) in files)
        {
            var file = System.IO.Path.Join(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }

        Git("add", "--all");
        Git("commit", "--quiet", "--message", message);
        return Git("rev-parse", "HEAD");
    }

    /// <summary>Does what a person or an agent would do in a shell.</summary>
    public static void Shell(string folder, string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-e", "-c", script]) { WorkingDirectory = folder })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The script ended with {process.ExitCode}: {script}");
    }

    /// <summary>Runs the real git without anybody's configuration; throws when it fails.</summary>
    public static string Run(string folder, params string[] arguments)
    {
        var (exitCode, output, error) = TryRun(folder, null, arguments);
        return exitCode == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    public static (int ExitCode, string Output, string Error) TryRun(string folder, byte[]? input, params string[] arguments)
    {
        var info = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
        };
        info.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        info.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
            process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
