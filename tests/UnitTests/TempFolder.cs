using System.Diagnostics;

namespace Orchestrator.UnitTests;

/// <summary>A folder of one test, gone with it; also when names in it are not UTF-8, which the framework cannot delete.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Join(System.IO.Path.GetTempPath(), $"ot-{Guid.NewGuid():N}"[..16]);

    public string Join(params string[] parts) => System.IO.Path.Join([Path, .. parts]);

    public void Dispose()
    {
        using var process = Process.Start("rm", ["-rf", Path]);
        process.WaitForExit();
    }
}
