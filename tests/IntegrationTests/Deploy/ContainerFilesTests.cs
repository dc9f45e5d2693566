using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>What Dockerfile, compose file and manifests say of the services, against the services themselves.</summary>
[Collection(nameof(OneSystem))]
public sealed partial class ContainerFilesTests(OneSystem one)
{
    [Theory]
    [InlineData("Gateway")]
    [InlineData("Pipeline")]
    [InlineData("Scheduler")]
    [InlineData("Budget")]
    [InlineData("PlannerRunner")]
    [InlineData("ImplementerRunner")]
    [InlineData("ReviewerRunner")]
    public async Task Every_service_serves_the_paths_that_probes_ask_for(string service)
    {
        using var http = new HttpClient { BaseAddress = one.System.Of(service).Address };

        foreach (var path in ContainerRules.ServedPaths)
        {
            using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task The_Dockerfile_restores_and_publishes_every_project_that_a_service_needs()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Manifests.Root, "Dockerfile"), TestContext.Current.CancellationToken);
        var projects = new[] { "shared", "services" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Manifests.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Manifests.Root, file))
            .Where(file => file != "services/Cli/Cli.csproj");

        foreach (var project in projects)
            text.Should().Contain($"COPY {project} {Path.GetDirectoryName(project)}/\n");
        foreach (var service in projects.Where(project => project.StartsWith("services/", StringComparison.Ordinal)).Select(project => Path.GetFileNameWithoutExtension(project)))
            Loop().Matches(text).Should().HaveCount(2).And.OnlyContain(loop => loop.Groups[1].Value.Split(' ').Contains(service), service);
    }

    /// <summary>Compose 1.29 and 2 read the same file, and the engines of the distributions build it: what either does not know stays out.</summary>
    [Theory]
    [InlineData("compose/compose.yaml", @"^name:|^include:|\brequired:|start_interval|\bpids:|\$\{[A-Z_]+:\+|!reset|!override|^configs:|\bcontent:")]
    [InlineData("Dockerfile", @"^# *syntax|<<[A-Z-]|--link|--mount")]
    public async Task Files_for_containers_use_nothing_that_an_older_engine_refuses(string file, string refused)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Manifests.Root, file), TestContext.Current.CancellationToken);

        lines.Where(line => Regex.IsMatch(line, refused, RegexOptions.IgnoreCase)).Should().BeEmpty();
    }

    [GeneratedRegex("for service in ([A-Za-z ]+); do")]
    private static partial Regex Loop();
}
