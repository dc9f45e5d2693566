using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AwesomeAssertions;

namespace Orchestrator.UnitTests;

/// <summary>Every package that any project of the solution restores, tests and transitive ones included, has a permissive licence.</summary>
public sealed partial class LicenceTests
{
    private static readonly HashSet<string> Permissive = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "PostgreSQL", "MS-PL", "Zlib"];

    // Packages that say their licence in an old form: what was read there, by a person. None needs it now; a new one is entered with its reason.
    private static readonly Dictionary<string, string> ReadByAPerson = [];

    [Fact]
    public void Every_restored_package_has_a_permissive_licence()
    {
        var packages = Repository.Projects.SelectMany(Restored).DistinctBy(package => package.Name).ToList();

        packages.Select(package => package.Name).Should().HaveCountGreaterThan(100)
            .And.Contain(name => name.StartsWith("MassTransit/8.", StringComparison.Ordinal))
            .And.Contain(name => name.StartsWith("xunit.v3", StringComparison.Ordinal))
            .And.Contain(name => name.StartsWith("Testcontainers", StringComparison.Ordinal))
            .And.Contain(name => name.StartsWith("SQLitePCLRaw.core", StringComparison.Ordinal), "nobody names it: it comes with another");
        packages.Select(package => (package.Name, Licence: LicenceOf(package.Name, XDocument.Load(package.Nuspec))))
            .Where(package => !IsPermissive(package.Licence)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("""<license type="expression">MIT</license>""", true)]
    [InlineData("""<license type="expression">Apache-2.0 OR MPL-2.0</license>""", true)]
    [InlineData("""<license type="expression">MIT AND Apache-2.0</license>""", true)]
    [InlineData("""<license type="expression">MIT AND GPL-3.0-only</license>""", false)]
    [InlineData("""<license type="expression">MPL-2.0</license>""", false)]
    [InlineData("""<license type="expression">SSPL-1.0</license>""", false)]
    [InlineData("""<license type="expression">(MIT OR GPL-2.0-only) AND LGPL-2.1-only</license>""", false)]
    [InlineData("""<license type="expression">Apache-2.0 WITH LLVM-exception</license>""", false)]
    [InlineData("""<license type="file">LICENSE.txt</license>""", false)]
    [InlineData("<licenseUrl>https://example.org/licence</licenseUrl>", false)]
    [InlineData("", false)]
    public void A_licence_that_is_not_permissive_is_noticed(string element, bool allowed)
    {
        var nuspec = XDocument.Parse($"""<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>X</id>{element}</metadata></package>""");

        IsPermissive(LicenceOf("X/1.0.0", nuspec)).Should().Be(allowed);
    }

    private static IEnumerable<(string Name, string Nuspec)> Restored(string project)
    {
        var assets = Path.Combine(Repository.Root, project, "obj", "project.assets.json");
        File.Exists(assets).Should().BeTrue("{0} must be restored: dotnet restore Orchestrator.sln", project);
        using var document = JsonDocument.Parse(File.ReadAllText(assets));
        var folders = document.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        foreach (var library in document.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package"))
        {
            var nuspec = library.Value.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).Single(file => file.EndsWith(".nuspec", StringComparison.Ordinal));
            yield return (library.Name, folders.Select(folder => Path.Combine(folder, library.Value.GetProperty("path").GetString()!, nuspec)).First(File.Exists));
        }
    }

    /// <summary>An SPDX expression; else the words of the old form, which only <see cref="ReadByAPerson"/> can make one of.</summary>
    private static string LicenceOf(string package, XDocument nuspec)
    {
        if (ReadByAPerson.TryGetValue(package.Split('/')[0], out var read))
            return read;
        var licence = nuspec.Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value switch
        {
            "expression" => licence.Value,
            "file" => $"file {licence.Value}",
            _ => $"url {nuspec.Descendants().FirstOrDefault(element => element.Name.LocalName == "licenseUrl")?.Value ?? "none"}",
        };
    }

    // AND asks for all parts, OR for one. What has other words in it (WITH, +) is for a person to read.
    private static bool IsPermissive(string expression)
    {
        var text = expression;
        while (Inner().Match(text) is { Success: true } inner)
            text = text.Replace(inner.Value, IsPermissive(inner.Groups[1].Value) ? "MIT" : "no", StringComparison.Ordinal);
        return text.Split(" OR ").Any(choice => choice.Split(" AND ").All(part => Permissive.Contains(part.Trim())));
    }

    [GeneratedRegex(@"\(([^()]*)\)")]
    private static partial Regex Inner();
}
