using System.Xml.Linq;
using ArchUnitNET.Loader;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Execution.Attempts;
using Orchestrator.Pipeline.Graph;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace Orchestrator.UnitTests;

/// <summary>Who may know whom. Each rule is shown to bite on a reference that breaks it.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Projects_reference_only_what_their_place_allows()
    {
        Repository.Projects.Should().Contain(["services/Gateway", "services/Cli", "shared/Contracts", "tests/UnitTests"]);

        Repository.Projects.SelectMany(project => ReferencesOf(project).Where(reference => !MayReference(project, reference)).Select(reference => $"{project} references {reference}"))
            .Should().BeEmpty();
    }

    [Theory]
    [InlineData("services/Gateway", "services/Pipeline")]
    [InlineData("services/Pipeline", "services/Cli")]
    [InlineData("services/Budget", "tests/TestServers")]
    [InlineData("services/Cli", "tests/FakeModel")]
    [InlineData("shared/Runners", "services/Pipeline")]
    [InlineData("shared/Hosting", "tests/TestServers")]
    [InlineData("shared/Contracts", "shared/Hosting")]
    [InlineData("shared/Contracts", "package MassTransit.Abstractions")]
    [InlineData("shared/Execution", "shared/Messaging")]
    [InlineData("shared/Execution", "package MassTransit")]
    [InlineData("shared/Persistence", "package MassTransit.RabbitMQ")]
    [InlineData("services/Gateway", "package RabbitMQ.Client")]
    public void A_reference_out_of_place_is_noticed(string project, string reference) => MayReference(project, reference).Should().BeFalse();

    [Fact]
    public void The_bus_stays_out_of_whatever_contracts_and_execution_build_on()
    {
        foreach (var project in new[] { "shared/Contracts", "shared/Execution" })
            Closure(project).Should().NotContain(reference => reference.StartsWith("package MassTransit", StringComparison.Ordinal), project);
        Closure("shared/Runners").Should().Contain("package MassTransit", "the closure is followed through projects");
    }

    [Fact]
    public void The_graph_contracts_and_execution_know_no_type_of_the_bus()
    {
        KnowTheBus(typeof(StepGraph).Assembly, typeof(StepGraph).Namespace!).Should().BeEmpty();
        KnowTheBus(typeof(JobDocument).Assembly, "Orchestrator.Contracts").Should().BeEmpty();
        KnowTheBus(typeof(IAttemptEngine).Assembly, "Orchestrator.Execution").Should().BeEmpty();
    }

    [Fact]
    public void A_type_that_uses_the_bus_in_a_method_body_is_noticed()
    {
        KnowTheBus(typeof(ArchitectureTests).Assembly, "Orchestrator.UnitTests.Planted").Should().Contain(nameof(Planted.NodeThatKnowsTheBus)).And.NotContain(nameof(Planted.NodeThatDoesNot));
        KnowTheBus(typeof(StepGraph).Assembly, "Orchestrator.Pipeline.Saga").Should().NotBeEmpty();
    }

    [Fact]
    public void Unit_tests_mirror_the_folders_of_what_they_test()
    {
        // Data of version 1.0, and a small service of the tests' own that both databases run.
        string[] own = ["Contracts/Compat", "Persistence/Workshop"];
        var folders = Repository.Files.Where(file => file.StartsWith("tests/UnitTests/", StringComparison.Ordinal))
            .Select(file => Path.GetDirectoryName(file)!["tests/UnitTests".Length..].TrimStart('/')).Distinct().Where(folder => folder.Length > 0).ToList();

        folders.Should().Contain("Pipeline/Graph");
        folders.Except(own).Where(folder => !Mirrors(folder)).Should().BeEmpty();
        Mirrors("Pipeline/Grph").Should().BeFalse();
    }

    private static bool Mirrors(string folder) =>
        Directory.Exists(Path.Combine(Repository.Root, "services", folder)) || Directory.Exists(Path.Combine(Repository.Root, "shared", folder));

    private static bool MayReference(string project, string reference)
    {
        if (project.StartsWith("tests/", StringComparison.Ordinal))
            return true;
        if (project == "shared/Contracts")
            return false;
        if (project == "shared/Execution" && (reference is "shared/Messaging" or "shared/Persistence" || reference.StartsWith("package MassTransit", StringComparison.Ordinal)))
            return false;
        // Messaging is the only code that says RabbitMQ; doctor asks the broker without a bus.
        if (reference is "package RabbitMQ.Client" or "package MassTransit.RabbitMQ")
            return project is "shared/Messaging" || (project, reference) is ("services/Cli", "package RabbitMQ.Client");
        return reference.StartsWith("package ", StringComparison.Ordinal)
            || reference.StartsWith("shared/", StringComparison.Ordinal)
            || (project == "services/Cli" && reference.StartsWith("services/", StringComparison.Ordinal));
    }

    /// <summary>What a project names itself: other projects by their folder, packages as <c>package X</c>.</summary>
    private static IReadOnlyList<string> ReferencesOf(string project)
    {
        var file = XDocument.Parse(Repository.Read($"{project}/{Path.GetFileName(project)}.csproj"));
        var projects = file.Descendants("ProjectReference").Select(reference =>
            Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(Path.GetFullPath(reference.Attribute("Include")!.Value, Path.Combine(Repository.Root, project)))!));
        return [.. projects, .. file.Descendants("PackageReference").Select(reference => $"package {reference.Attribute("Include")!.Value}")];
    }

    private static HashSet<string> Closure(string project)
    {
        var found = new HashSet<string>();
        var open = new Queue<string>([project]);
        while (open.TryDequeue(out var next))
        {
            foreach (var reference in ReferencesOf(next).Where(found.Add).Where(reference => !reference.StartsWith("package ", StringComparison.Ordinal)))
                open.Enqueue(reference);
        }

        return found;
    }

    private static List<string> KnowTheBus(Assembly assembly, string part)
    {
        var architecture = new ArchLoader().LoadAssemblies(assembly).Build();
        var types = Types().That().ResideInNamespaceMatching($"^{part.Replace(".", "\\.", StringComparison.Ordinal)}(\\.|$)").GetObjects(architecture).ToList();
        types.Should().NotBeEmpty("{0} is looked at", part);
        return [.. types.Where(type => type.Dependencies.Any(dependency => dependency.Target.FullName.StartsWith("MassTransit", StringComparison.Ordinal))).Select(type => type.Name)];
    }
}
