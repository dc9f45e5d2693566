namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>
/// One kind of the labelled set, read from its section: <c>== kind</c>, then <c>@name</c> (what the value is called),
/// <c>@value</c> (its documented shape), <c>@use</c> (contexts of <see cref="LabelledTemplates"/>) and templates, one a
/// line, where a line that ends in ↵ goes on in the next.
/// </summary>
internal sealed record LabelledKind(string Name, string[] Names, string[] Values, string[] Templates)
{
    private static readonly string[] Tags = ["@name ", "@value ", "@use "];

    public static IEnumerable<LabelledKind> Parse(string text) =>
        $"\n{text}".Split("\n== ", StringSplitOptions.RemoveEmptyEntries).Select(section => ParseSection(section.Replace("↵\n", "\r", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries)));

    private static LabelledKind ParseSection(string[] lines)
    {
        string[] templates =
        [
            .. Tagged(lines, "@use ").SelectMany(use => use.Split(' ')).SelectMany(LabelledTemplates.Of),
            .. lines[1..].Where(line => !Tags.Any(tag => line.StartsWith(tag, StringComparison.Ordinal))).Select(line => line.Replace('\r', '\n')),
        ];
        return new LabelledKind(lines[0], Tagged(lines, "@name "), Tagged(lines, "@value "), templates);
    }

    private static string[] Tagged(string[] lines, string tag) =>
        [.. lines.Where(line => line.StartsWith(tag, StringComparison.Ordinal)).Select(line => line[tag.Length..].Replace('\r', '\n'))];
}
