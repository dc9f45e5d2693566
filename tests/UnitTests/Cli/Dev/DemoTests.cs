using System.Globalization;
using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Cli.Dev;

public sealed partial class DemoTests
{
    /// <summary>With nothing on the path but git: the runtime is found by the program itself.</summary>
    [Fact]
    public async Task The_demo_ends_with_a_patch_that_fits_the_sample_and_with_what_it_names_still_there()
    {
        using var folder = new TempFolder();
        var programs = Directory.CreateDirectory(Path.Combine(folder.Path, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(programs, "git"), Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(place => Path.Combine(place, "git")).First(File.Exists));
        await using var demo = OrchProcess.Start(folder.Path, new Dictionary<string, string> { ["PATH"] = programs }, "demo");

        var exit = await demo.EndAsync();

        exit.Should().Be(0, demo.Error);
        demo.Error.Should().Contain("✓ succeeded  01_plan").And.Contain("✓ succeeded  02_implement").And.Contain("✓ succeeded  03_review");
        double.Parse(Figure("Time"), CultureInfo.InvariantCulture).Should().BePositive();
        int.Parse(Figure("Memory"), CultureInfo.InvariantCulture).Should().BeInRange(50, 400, "the aim is 250 MiB; Debug code on a busy machine takes more");
        var report = Named("Report", demo.Out);
        File.ReadAllText(report).Should().NotBeEmpty();
        var patch = Named("Patch", demo.Out);
        new FileInfo(patch).Length.Should().BePositive();
        var home = Path.GetFullPath(Path.Combine(patch, "..", ".."));
        try
        {
            (await new Orchestrator.Cli.Patches.Git(Path.Combine(home, "sample")).RunAsync(["apply", "--check", patch], TestContext.Current.CancellationToken)).ExitCode.Should().Be(0);
            Directory.Exists(Path.Combine(home, "data")).Should().BeFalse("the server is gone, so its data goes too");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }

        string Figure(string what) => Regex.Match(demo.Out, $"^{what} +([0-9.]+)", RegexOptions.Multiline).Groups[1].Value;
    }

    private static string Named(string what, string output) => Line().Matches(output).Single(match => match.Groups[1].Value == what).Groups[2].Value;

    [GeneratedRegex(@"^(Report|Patch) +(\S+)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
