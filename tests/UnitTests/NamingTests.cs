using System.Reflection;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using MassTransit;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Intake;

namespace Orchestrator.UnitTests;

/// <summary>Names and sizes that the code base keeps. Each rule is shown to bite on a sample that breaks it.</summary>
public sealed partial class NamingTests
{
    // Words that say nothing about what a type does.
    private static readonly HashSet<string> Empty = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Common", "Impl", "Dto"];

    // A folder is a feature, never a kind.
    private static readonly HashSet<string> Kinds = ["Consumers", "Models", "Interfaces", "Helpers", "Utils", "Common", "Extensions", "Dtos", "Entities", "Exceptions", "Enums"];

    private static readonly string[] Code = [.. Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && !file.Contains("/Migrations/", StringComparison.Ordinal))];

    public static IEnumerable<Assembly> Assemblies { get; } =
        [.. Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(file => Path.GetFileName(file) is "orch.dll" || Path.GetFileName(file).StartsWith("Orchestrator.", StringComparison.Ordinal)).Select(Assembly.LoadFrom)];

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var types = Code.SelectMany(file => Declared().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value)).ToList();

        types.Should().HaveCountGreaterThan(400);
        types.Where(SaysNothing).Should().BeEmpty();
    }

    [Theory]
    [InlineData("JobManager", true)]
    [InlineData("StepDtoReader", true)]
    [InlineData("ConsumerBase", true)]
    [InlineData("UtilTests", true)]
    [InlineData("DatabaseOptions", false)]
    [InlineData("EmptyBase", false)]
    [InlineData("Commoner", false)]
    public void A_name_that_says_nothing_is_noticed(string name, bool noticed) => SaysNothing(name).Should().Be(noticed);

    [Fact]
    public void Folders_are_features_in_pascal_case_and_four_deep_at_most()
    {
        var folders = Repository.Files.Select(file => Path.GetDirectoryName(file)!).Where(folder => folder.Length > 0).Distinct().ToList();

        folders.Where(IsTooDeep).Should().BeEmpty();
        Code.Select(file => Path.GetDirectoryName(file)!).Distinct().Where(IsKind).Should().BeEmpty();
        Code.SelectMany(file => file.Split('/')[1..^1]).Distinct().Where(name => !PascalCase().IsMatch(name)).Should().BeEmpty();
        (IsTooDeep("services/Gateway/Jobs/Rows"), IsTooDeep("services/Gateway/Jobs/Rows/Old")).Should().Be((false, true));
        (IsKind("services/Gateway/Jobs"), IsKind("services/Gateway/Consumers")).Should().Be((false, true));
    }

    [Fact]
    public void Files_are_short_and_named_after_what_is_in_them()
    {
        Code.Should().HaveCountGreaterThan(300);
        Code.Where(file => Path.GetFileName(file) == "Extensions.cs").Should().BeEmpty();
        Code.Where(file => Lines(file) > 400).Should().BeEmpty("no file is longer than 400 lines");
        Code.Where(file => file.StartsWith("services/", StringComparison.Ordinal) && Path.GetFileName(file) == "Program.cs" && Lines(file) > 30).Should().BeEmpty("Program.cs is one screen");
        Code.Where(file => !file.EndsWith("Program.cs", StringComparison.Ordinal) && SaysNothing(Path.GetFileNameWithoutExtension(file))).Should().BeEmpty();
        Code.Where(file => Repository.Read(file).Contains("#region", StringComparison.Ordinal) && !file.EndsWith("NamingTests.cs", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void Queues_are_kebab_case()
    {
        Queues.All.Should().Contain("gateway-intake").And.OnlyContain(queue => KebabCase().IsMatch(queue));
        Queues.All.Select(Queues.Failed).Append(Queues.FailedJobs).Should().OnlyContain(queue => FailedQueue().IsMatch(queue));
        KebabCase().IsMatch("PlannerRunner").Should().BeFalse();
        KebabCase().IsMatch("planner_runner").Should().BeFalse();
        FailedQueue().IsMatch("planner-runner_error").Should().BeFalse();
    }

    [Fact]
    public void A_consumer_of_one_message_is_named_after_it()
    {
        var consumers = Product().Where(type => type is { IsClass: true, IsAbstract: false, IsGenericType: false })
            .Select(type => (Type: type, Messages: MessagesOf(type)))
            .Where(consumer => consumer.Messages.Count == 1 && consumer.Messages[0] != typeof(RawDelivery))
            .ToList();

        consumers.Should().HaveCountGreaterThan(5);
        consumers.Where(consumer => consumer.Type.Name != $"{consumer.Messages[0].Name}Consumer" && !consumer.Messages[0].Name.EndsWith($"{consumer.Type.Name[..^"Consumer".Length]}", StringComparison.Ordinal))
            .Select(consumer => consumer.Type.FullName).Should().BeEmpty();
    }

    [Fact]
    public void A_class_with_a_configuration_section_is_called_options()
    {
        var sections = Product().Where(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true }).ToList();

        sections.Should().HaveCountGreaterThan(10);
        sections.Should().OnlyContain(type => type.Name.EndsWith("Options", StringComparison.Ordinal));
        sections.Select(SectionOf).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Tests_are_sentences_and_none_is_skipped()
    {
        var tests = Code.Where(file => file.StartsWith("tests/", StringComparison.Ordinal)).Select(file => (File: file, Text: Repository.Read(file))).ToList();
        var names = tests.SelectMany(test => TestMethod().Matches(test.Text).Select(match => match.Groups[1].Value)).ToList();

        names.Should().HaveCountGreaterThan(300).And.OnlyContain(name => Sentence().IsMatch(name));
        tests.Where(test => !test.File.EndsWith("NamingTests.cs", StringComparison.Ordinal) && Skipped().IsMatch(test.Text)).Select(test => test.File).Should().BeEmpty();
        Sentence().IsMatch("TestSubmit").Should().BeFalse();
        Skipped().IsMatch("[Fact(Skip" + " = \"later\")]").Should().BeTrue();
    }

    internal static string SectionOf(Type options) => (string)options.GetField("Section", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!;

    internal static IEnumerable<Type> Product() => Assemblies.Where(assembly => !IsOfTests(assembly)).SelectMany(assembly => assembly.GetTypes());

    private static bool IsOfTests(Assembly assembly) => assembly.GetName().Name!.Split('.') is [_, var project] && Repository.Projects.Contains($"tests/{project}");

    private static List<Type> MessagesOf(Type type) =>
        [.. type.GetInterfaces().Where(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(face => face.GetGenericArguments()[0])];

    // The base that a work tree starts from is a noun of git; a class to inherit from is not.
    private static bool SaysNothing(string name) =>
        Words().Matches(name).Any(word => Empty.Contains(word.Value)) || (name.EndsWith("Base", StringComparison.Ordinal) && name != "EmptyBase");

    private static bool IsTooDeep(string folder) => folder.Split('/').Length > 4;

    private static bool IsKind(string folder) => folder.Split('/').Any(Kinds.Contains);

    private static int Lines(string file) => Repository.Read(file).AsSpan().Count('\n');

    [GeneratedRegex(@"\b(?:class|record|record struct|struct|interface|enum) ([A-Z]\w*)")]
    private static partial Regex Declared();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    private static partial Regex PascalCase();

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex KebabCase();

    [GeneratedRegex(@"^[a-z]+(-[a-z]+)*\.failed$")]
    private static partial Regex FailedQueue();

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public (?:async )?[\w<>]+ (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)+$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\[(?:Fact|Theory|InlineData|MemberData)\([^\n]*\bSkip\s*=|SkipUnless|SkipWhen|Assert\.Skip")]
    private static partial Regex Skipped();
}
