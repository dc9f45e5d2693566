using AwesomeAssertions;
using CliWrap;
using CliWrap.Buffered;

namespace Orchestrator.IntegrationTests;

/// <summary>The build itself refuses what the house forbids: a small project below the root is built with each mistake planted, and once without.</summary>
[Trait("Category", "Serverless")]
public sealed class BuildRulesTests
{
    private const string Clean = """
        namespace Planted;

        public static class Clock
        {
            public static DateTimeOffset Now(TimeProvider time) => time.GetUtcNow();
        }
        """;

    private const string Mistaken = """
        using System.Text;

        namespace Planted
        {
            public static class Clock
            {
                public static object[] Now() => [DateTime.UtcNow, DateTime.Now, DateTime.Today, DateTimeOffset.UtcNow, DateTimeOffset.Now];

                public static void Wait()
                {
                    Thread.Sleep(1);
                    Thread.Sleep(TimeSpan.FromSeconds(1));
                }

                public static string? Maybe() => null;

                public static int Length() => Maybe().Length;
            }
        }
        """;

    [Fact]
    public async Task A_banned_clock_a_sleep_and_bad_style_are_errors_of_the_build()
    {
        var (code, output) = await BuildAsync(Mistaken);

        code.Should().NotBe(0);
        foreach (var banned in new[] { "DateTime.UtcNow", "DateTime.Now", "DateTime.Today", "DateTimeOffset.UtcNow", "DateTimeOffset.Now", "Thread.Sleep(int)", "Thread.Sleep(TimeSpan)" })
            output.Should().MatchRegex($"error RS0030: .*'{System.Text.RegularExpressions.Regex.Escape(banned)}'");
        output.Should().Contain("error IDE0005", "an unused using is no warning").And.Contain("error IDE0161", "namespaces are file-scoped").And.Contain("error CS8602", "null is checked");
    }

    [Fact]
    public async Task The_same_project_without_mistakes_builds()
    {
        var (code, output) = await BuildAsync(Clean);

        code.Should().Be(0, output);
    }

    private static async Task<(int Code, string Output)> BuildAsync(string source)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        // Below the root, so that its settings, package versions and style count; ignored by git.
        var folder = Directory.CreateDirectory(Path.Combine(root, ".cache", "planted", Guid.NewGuid().ToString("N")));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Planted.csproj"), """<Project Sdk="Microsoft.NET.Sdk" />""");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Clock.cs"), source + "\n");
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            var build = await CliWrap.Cli.Wrap("dotnet").WithArguments(["build", folder.FullName, "-v", "q", "--nologo", "-clp:NoSummary"])
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
            return (build.ExitCode, build.StandardOutput + build.StandardError);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
