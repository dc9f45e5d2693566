using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Cli.Dev;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_ends_with_a_patch_that_fits_the_sample_and_with_what_it_names_still_there()
    {
        using var folder = new TempFolder();
        await using var demo = OrchProcess.Start(folder.Path, "demo");

        var exit = await demo.EndAsync();

        exit.Should().Be(0, demo.Error);
        demo.Error.Should().Contain("✓ succeeded  01_plan").And.Contain("✓ succeeded  02_implement").And.Contain("✓ succeeded  03_review");
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
    }

    private static string Named(string what, string output) => Line().Matches(output).Single(match => match.Groups[1].Value == what).Groups[2].Value;

    [GeneratedRegex(@"^(Report|Patch) +(\S+)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
