using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.UnitTests;

/// <summary>Pages that point at something point at something that is there.</summary>
public sealed partial class LinksTests
{
    private static readonly string[] Pages = [.. Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void Every_link_of_every_page_leads_somewhere()
    {
        Pages.Should().Contain(["README.md", "services/Gateway/README.md", "services/Pipeline/Saga/README.md"]);

        Pages.SelectMany(page => BrokenLinks(page, Repository.Read(page)).Select(link => $"{page}: {link}")).Should().BeEmpty();
    }

    [Fact]
    public void Every_file_that_a_page_names_is_there() =>
        Pages.SelectMany(page => MissingFiles(page, Repository.Read(page)).Select(file => $"{page}: {file}")).Should().BeEmpty();

    [Fact]
    public void A_link_that_leads_nowhere_is_noticed()
    {
        BrokenLinks("services/Gateway/README.md", "see [the saga](../Pipeline/Saga/README.md) and [the sage](../Pipeline/Sage/README.md)").Should().Equal("../Pipeline/Sage/README.md");
        BrokenLinks("README.md", "[decisions](#decisions) and [designs](#designs)\n\n## Decisions\n").Should().Equal("#designs");
        MissingFiles("README.md", "`services/Gateway`, `services/Gatway`, `tests/clis/install.sh`, `shared/Contracts/Schemas/jobs.json`").Should().Equal("services/Gatway", "shared/Contracts/Schemas/jobs.json");
    }

    private static IEnumerable<string> BrokenLinks(string page, string text)
    {
        foreach (var target in Link().Matches(text).Select(link => link.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)))
        {
            var (file, anchor) = (target.Split('#')[0], target.Contains('#', StringComparison.Ordinal) ? target.Split('#')[1] : null);
            var path = file.Length == 0 ? Path.Combine(Repository.Root, page) : Path.GetFullPath(file, Path.GetDirectoryName(Path.Combine(Repository.Root, page))!);
            var headings = anchor is null ? "" : file.Length == 0 ? text : File.Exists(path) ? File.ReadAllText(path) : "";
            if (!Path.Exists(path) || (anchor is not null && !Heading().Matches(headings).Select(heading => Slug(heading.Groups[1].Value)).Contains(anchor)))
                yield return target;
        }
    }

    /// <summary>Paths in backticks that begin with one of the top folders.</summary>
    private static IEnumerable<string> MissingFiles(string page, string text) =>
        TopPath().Matches(text).Select(path => path.Groups[1].Value)
            .Where(path => !Path.Exists(Path.Combine(Repository.Root, path)) && !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, path)));

    // As the forges make anchors of headings.
    private static string Slug(string heading) => NoSlug().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NoSlug();

    [GeneratedRegex(@"`((?:services|shared|tests|compose|k8s)/[\w./-]*\w)`")]
    private static partial Regex TopPath();
}
