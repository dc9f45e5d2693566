using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.UnitTests;

/// <summary>The list of options says what the code does: every key, every default, nothing else.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string Page = "shared/Hosting/README.md";

    [Fact]
    public void Every_option_is_listed_with_its_default_and_nothing_else_is()
    {
        var listed = Row().Matches(Repository.Read(Page)).Select(row => $"| `{row.Groups[1].Value}` | {row.Groups[2].Value} |").ToList();
        var known = OptionsClasses().SelectMany(type => Keys(type, NamingTests.SectionOf(type), Activator.CreateInstance(type))).Select(key => $"| `{key.Name}` | {key.Default} |").ToList();

        known.Should().HaveCountGreaterThan(80);
        known.Except(listed).Should().BeEmpty("{0} must have a row `| key | default | what |` for each", Page);
        listed.Except(known).Should().BeEmpty("the code has no such key or another default");
        listed.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_front_page_names_every_section_and_the_list_of_all_options()
    {
        var front = Repository.Read("README.md");

        OptionsClasses().Select(NamingTests.SectionOf).Where(section => !front.Contains($"`{section}:", StringComparison.Ordinal)).Should().BeEmpty();
        front.Should().Contain($"({Page})");
        var page = Repository.Read(Page);
        var keys = Key().Matches(front).Select(key => key.Value).ToList();
        keys.Should().HaveCountGreaterThan(20);
        keys.Where(key => !page.Contains(key, StringComparison.Ordinal)).Should().BeEmpty("the front page names keys that exist");
    }

    private static IEnumerable<Type> OptionsClasses() =>
        NamingTests.Product().Where(type => type.GetField("Section") is { IsLiteral: true });

    /// <summary>Keys of an options class as configuration names them; an instance gives the defaults.</summary>
    private static IEnumerable<(string Name, string Default)> Keys(Type type, string path, object? instance)
    {
        foreach (var property in type.GetProperties().Where(property => property.CanWrite || typeof(IList).IsAssignableFrom(property.PropertyType) || IsListOfText(property.PropertyType)))
        {
            var (name, value) = ($"{path}:{property.Name}", property.GetValue(instance));
            if (IsOurs(property.PropertyType))
            {
                foreach (var key in Keys(property.PropertyType, name, value))
                    yield return key;
            }
            else if (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Dictionary<,>))
            {
                var inner = property.PropertyType.GetGenericArguments()[1];
                if (!IsOurs(inner))
                    yield return ($"{name}:<name>", "–");
                foreach (var key in IsOurs(inner) ? Keys(inner, $"{name}:<name>", Activator.CreateInstance(inner)) : [])
                    yield return key;
            }
            else
            {
                yield return (name, Text(value));
            }
        }
    }

    // What configuration cannot add to is no key.
    private static bool IsListOfText(Type type) => typeof(ICollection<string>).IsAssignableFrom(type);

    private static bool IsOurs(Type type) => type is { IsClass: true } && type.Namespace!.StartsWith("Orchestrator.", StringComparison.Ordinal);

    private static string Text(object? value) => value switch
    {
        null or "" or IEnumerable<string> => "–",
        bool truth => truth ? "`true`" : "`false`",
        Enum word => $"`{word.ToString().ToLowerInvariant()}`",
        TimeSpan span => $"`{span:c}`",
        Uri uri => $"`{uri.OriginalString}`",
        string text => $"`{text.Replace(Path.GetTempPath(), "/tmp/", StringComparison.Ordinal)}`",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => throw new NotSupportedException($"{value.GetType()} has no form on the page."),
    };

    [GeneratedRegex(@"^\| `([A-Z]\w*:[^`]+)` \| (`[^`]*`|–) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    // Without the closing backtick: a key may be the beginning of others.
    [GeneratedRegex(@"`[A-Z][A-Za-z]+:[A-Z][\w:<>]*")]
    private static partial Regex Key();
}
