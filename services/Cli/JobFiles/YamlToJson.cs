using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Cli.JobFiles;

/// <summary>YAML by its core schema (https://yaml.org/spec/1.2.2/#103-core-schema): only true and false are booleans, so <c>no</c> stays a word.</summary>
public static partial class YamlToJson
{
    // Aliases may repeat a node; a document of a job has no use for more.
    private const int MaxNodes = 100_000;
    private const int MaxDepth = 64;

    public static JsonNode? Convert(string yaml)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(yaml);
        stream.Load(reader);
        var nodes = 0;
        return stream.Documents.Count switch
        {
            0 => null,
            1 => Node(stream.Documents[0].RootNode, 0, ref nodes),
            _ => throw new YamlException("more than one document; write one per file."),
        };
    }

    private static JsonNode? Node(YamlNode node, int depth, ref int nodes)
    {
        if (++nodes > MaxNodes || depth > MaxDepth)
            throw new YamlException(node.Start, node.End, "the document is too large or too deep.");
        switch (node)
        {
            case YamlMappingNode mapping:
                var json = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                    json[Name(key)] = Node(value, depth + 1, ref nodes);
                return json;
            case YamlSequenceNode sequence:
                var array = new JsonArray();
                foreach (var item in sequence.Children)
                    array.Add(Node(item, depth + 1, ref nodes));
                return array;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    private static string Name(YamlNode key) =>
        (key as YamlScalarNode)?.Value ?? throw new YamlException(key.Start, key.End, "a key must be a word.");

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            return JsonValue.Create(text);
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return null;
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return JsonValue.Create(text[0] is 't' or 'T');
        if (Integer().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        return Number().IsMatch(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }

    [GeneratedRegex("^[-+]?[0-9]+$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();
}
