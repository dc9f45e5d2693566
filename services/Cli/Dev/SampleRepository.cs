using Orchestrator.Cli.Patches;

namespace Orchestrator.Cli.Dev;

/// <summary>A small repository to try a job on.</summary>
public static class SampleRepository
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["README.md"] = "# Temperature\n\nConverts between Celsius and Fahrenheit.\n\n## Use\n\n    python3 -m temperature 21\n",
        ["temperature/__init__.py"] = "def to_fahrenheit(celsius):\n    return celsius * 9 / 5 + 32\n\n\ndef to_celsius(fahrenheit):\n    return (fahrenheit - 32) * 5 / 9\n",
        ["temperature/__main__.py"] = "import sys\n\nfrom temperature import to_fahrenheit\n\nprint(to_fahrenheit(float(sys.argv[1])))\n",
        ["tests/test_temperature.py"] = "from temperature import to_celsius, to_fahrenheit\n\n\ndef test_round_trip():\n    assert to_celsius(to_fahrenheit(21)) == 21\n",
        [".gitignore"] = "__pycache__/\n",
    };

    /// <summary>Makes it in a new folder and commits.</summary>
    public static async Task MakeAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var (name, content) in Files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, content, cancellationToken);
        }

        var git = new Git(folder);
        await git.ReadAsync(["init", "--quiet", "--initial-branch=main"], cancellationToken);
        await git.ReadAsync(["add", "."], cancellationToken);
        await git.ReadAsync(["-c", "user.name=Sample", "-c", "user.email=sample@example.invalid", "commit", "--quiet", "-m", "Convert temperatures"], cancellationToken);
    }
}
