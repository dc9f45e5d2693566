using System.Diagnostics;
using System.Globalization;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Cli;

/// <summary>The script at the root, in a folder that looks like a clone, with a dotnet that leaves a process behind as the real one does.</summary>
public sealed class OrchScriptTests : IDisposable
{
    private readonly TemporaryFolder _clone = new();

    public OrchScriptTests()
    {
        File.Copy(Path.Combine(Repository.Root, "orch"), Path.Combine(_clone.Path, "orch"));
        _clone.File("services/Cli/Cli.csproj", "");
        _clone.File("shared/Contracts/Job.cs", "");
        _clone.File("Directory.Build.props", "");
        _clone.File("global.json", "");
        File.SetUnixFileMode(
            _clone.File("bin/dotnet", """
                #!/bin/sh
                if [ "$1" != build ]; then echo "ran $*"; exit 0; fi
                out="$2/bin/Release/net10.0"
                mkdir -p "$out" && echo built >>"$out/orch.dll"
                sleep 60 >/dev/null 2>&1 &
                echo $! >>"$2/bin/left-behind"
                """),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Built => Path.Combine(_clone.Path, "services/Cli/bin/Release/net10.0/orch.dll");

    [Fact]
    public async Task It_builds_when_a_source_is_newer_and_no_process_of_an_earlier_build_holds_it_up()
    {
        (await RunAsync("list")).Should().Be($"ran {Built} list\n");
        (await RunAsync("status", "one two")).Should().Be($"ran {Built} status one two\n");
        File.ReadAllLines(Built).Should().ContainSingle("nothing has changed in between");

        File.SetLastWriteTimeUtc(Path.Combine(_clone.Path, "shared/Contracts/Job.cs"), TimeProvider.System.GetUtcNow().AddMinutes(1).UtcDateTime);
        await RunAsync("list");

        File.ReadAllLines(Built).Should().HaveCount(2);
    }

    public void Dispose()
    {
        var left = Path.Combine(_clone.Path, "services/Cli/bin/left-behind");
        var ids = File.Exists(left) ? File.ReadAllLines(left).Select(id => int.Parse(id, CultureInfo.InvariantCulture)) : [];
        foreach (var process in Process.GetProcesses().IntersectBy(ids, process => process.Id))
            process.Kill();
        _clone.Dispose();
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(_clone.Path, "orch"), .. arguments]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Path.Combine(_clone.Path, "bin")}:{start.Environment["PATH"]}";
        using var orch = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            return await orch.StandardOutput.ReadToEndAsync(limit.Token);
        }
        finally
        {
            if (!orch.HasExited)
                orch.Kill(entireProcessTree: true);
        }
    }
}
