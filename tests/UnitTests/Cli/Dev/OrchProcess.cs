using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.UnitTests.Cli.Dev;

/// <summary>The tool as a process of its own, built beside the tests.</summary>
internal sealed class OrchProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private OrchProcess(Process process) => _process = process;

    /// <summary>The program.</summary>
    public static string Tool
    {
        get
        {
            var output = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(Repository.Root, "services", "Cli", "bin", output.Parent!.Name, output.Name, "orch");
        }
    }

    public string Out => Text(_output);

    public string Error => Text(_error);

    public static OrchProcess Start(string folder, params string[] arguments) => Start(folder, new Dictionary<string, string>(), arguments);

    public static OrchProcess Start(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder };
        start.Environment.Remove("ORCH_SERVER");
        start.Environment.Remove("ORCH_TOKEN");
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        var orch = new OrchProcess(Process.Start(start)!);
        orch._process.OutputDataReceived += (_, line) => Add(orch._output, line.Data);
        orch._process.ErrorDataReceived += (_, line) => Add(orch._error, line.Data);
        orch._process.BeginOutputReadLine();
        orch._process.BeginErrorReadLine();
        return orch;
    }

    /// <summary><c>orch dev</c> in this folder, on a free port, ready to be asked.</summary>
    public static async Task<OrchProcess> StartDevAsync(string folder)
    {
        var dev = Start(folder, "dev", "--port", "0");
        await Eventually.IsTrueAsync(() => dev.Out.StartsWith("http://", StringComparison.Ordinal) || dev._process.HasExited, TimeSpan.FromMinutes(3));
        return dev._process.HasExited ? throw new InvalidOperationException(dev.Error) : dev;
    }

    /// <summary>A job as the server of this folder shows it.</summary>
    public static async Task<JsonElement> JobAsync(string folder, string jobId)
    {
        var run = await CliRun.Of(["status", jobId, "-o", "json"], folder);
        using var document = JsonDocument.Parse(run.ExitCode == 0 ? run.Out : throw new InvalidOperationException(run.Error));
        return document.RootElement.Clone();
    }

    public static async Task<string?> StepStatusAsync(string folder, string jobId, string step) =>
        (await JobAsync(folder, jobId)).GetProperty("steps").EnumerateArray()
            .Single(item => item.GetProperty("step_id").GetString() == step).GetProperty("status").GetString();

    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        return EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await SignalAsync("KILL");
        _process.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null)
                text.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
