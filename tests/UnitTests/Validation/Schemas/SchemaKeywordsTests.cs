using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using NJsonSchema;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.UnitTests.Validation.Schemas;

/// <summary>The validator passes keywords in silence that it does not know. These tests keep them out of the schemas.</summary>
public sealed partial class SchemaKeywordsTests
{
    // Keyword, a schema that uses it, a document that it must refuse. What says nothing about a document has no probe.
    private static readonly Dictionary<string, (string Schema, string Refused)> Enforced = new()
    {
        ["type"] = ("""{"type": ["string", "null"]}""", "1"),
        ["enum"] = ("""{"enum": ["a"]}""", "\"b\""),
        ["properties"] = ("""{"properties": {"a": {"type": "string"}}}""", """{"a": 1}"""),
        ["required"] = ("""{"required": ["a"]}""", "{}"),
        ["additionalProperties"] = ("""{"type": "object", "additionalProperties": {"type": "string"}}""", """{"a": 1}"""),
        ["items"] = ("""{"items": {"type": "string"}}""", "[1]"),
        ["minItems"] = ("""{"minItems": 1}""", "[]"),
        ["maxItems"] = ("""{"maxItems": 1}""", "[1, 2]"),
        ["minLength"] = ("""{"minLength": 1}""", "\"\""),
        ["maxLength"] = ("""{"maxLength": 1}""", "\"ab\""),
        ["pattern"] = ("""{"pattern": "^a$"}""", "\"b\""),
        ["minimum"] = ("""{"minimum": 1}""", "0"),
        ["maximum"] = ("""{"maximum": 1}""", "2"),
        ["allOf"] = ("""{"allOf": [{"type": "string"}]}""", "1"),
        ["anyOf"] = ("""{"anyOf": [{"type": "string"}]}""", "1"),
        ["oneOf"] = ("""{"oneOf": [{"type": "string"}, {"minLength": 1}]}""", "\"ab\""),
        ["not"] = ("""{"not": {"required": ["a"]}}""", """{"a": 1}"""),
        ["$ref"] = ("""{"$ref": "#/definitions/a", "definitions": {"a": {"type": "string"}}}""", "1"),
    };

    private static readonly HashSet<string> Silent = ["$schema", "$id", "title", "description", "definitions"];

    // Words whose value is a map of names to schemas, not a schema.
    private static readonly HashSet<string> Maps = ["properties", "definitions"];

    public static TheoryData<string> Names => [.. DocumentSchema.All.Select(schema => schema.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_keywords_that_the_validator_enforces_are_used(string name) =>
        Nodes(name).SelectMany(node => node.Schema.Select(field => field.Key).Where(key => !Enforced.ContainsKey(key) && !Silent.Contains(key)).Select(key => $"{node.Path}: {key}"))
            .Should().BeEmpty();

    [Fact]
    public async Task Each_keyword_of_the_list_is_enforced()
    {
        foreach (var (keyword, (text, refused)) in Enforced)
        {
            var schema = await JsonSchema.FromJsonAsync(text, TestContext.Current.CancellationToken);
            schema.Validate(refused).Should().NotBeEmpty("{0} must be enforced", keyword);
        }
    }

    [Theory]
    [InlineData("""{"const": "a"}""", "\"b\"")]
    [InlineData("""{"if": {"required": ["a"]}, "then": {"required": ["b"]}}""", """{"a": 1}""")]
    public async Task The_keywords_that_are_kept_out_are_not_enforced(string text, string document)
    {
        var schema = await JsonSchema.FromJsonAsync(text, TestContext.Current.CancellationToken);

        schema.Validate(document).Should().BeEmpty("once the validator knows the word, the list may grow");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_reference_stands_alone_because_the_validator_ignores_its_neighbours(string name) =>
        Nodes(name).Where(node => node.Schema.ContainsKey("$ref") && node.Schema.Count > 1).Select(node => node.Path).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_nullable_choice_is_not_an_enum_because_json_schema_would_refuse_the_null(string name) =>
        Nodes(name).Where(node => node.Schema.ContainsKey("enum") && node.Schema["type"] is JsonArray).Select(node => node.Path).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void Patterns_mean_the_same_to_dotnet_and_ecmascript(string name) =>
        Nodes(name).Where(node => node.Schema["pattern"] is { } pattern && !Portable().IsMatch(pattern.GetValue<string>())).Select(node => node.Path).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void Objects_with_fields_are_closed_unless_the_contract_leaves_them_open(string name) =>
        Nodes(name)
            .Where(node => node.Schema.ContainsKey("properties") && node.Schema.ContainsKey("type"))
            .Where(node => node.Schema["additionalProperties"]?.GetValueKind() != System.Text.Json.JsonValueKind.False)
            .Select(node => node.Path).Should().BeSubsetOf(["$.properties.metrics"]);

    [Fact]
    public void The_job_of_a_schedule_has_the_fields_of_a_job_but_those_of_one_start()
    {
        var job = JsonNode.Parse(DocumentSchema.Job.Text)!;
        var schedule = JsonNode.Parse(DocumentSchema.Schedule.Text)!;
        var payload = schedule["properties"]!["payload"]!["properties"]!.AsObject();

        job["properties"]!.AsObject().Select(field => field.Key).Except(payload.Select(field => field.Key))
            .Should().BeEquivalentTo("job_id", "created_at", "source", "idempotency_key");
        foreach (var (field, schema) in payload)
            JsonNode.DeepEquals(schema, job["properties"]![field]).Should().BeTrue("{0} is the same in both", field);
        foreach (var (definition, schema) in schedule["definitions"]!.AsObject())
            JsonNode.DeepEquals(schema, job["definitions"]![definition]).Should().BeTrue("{0} is the same in both", definition);
    }

    private static List<(string Path, JsonObject Schema)> Nodes(string name)
    {
        var found = new List<(string, JsonObject)>();
        Walk(JsonNode.Parse(DocumentSchema.All.Single(schema => schema.Name == name).Text)!, "$", found);
        found.Should().HaveCountGreaterThan(10);
        return found;
    }

    private static void Walk(JsonNode? node, string path, List<(string Path, JsonObject Schema)> found)
    {
        if (node is JsonArray array)
        {
            foreach (var (index, item) in array.Index())
                Walk(item, $"{path}[{index}]", found);
        }
        else if (node is JsonObject schema)
        {
            found.Add((path, schema));
            foreach (var (key, value) in schema)
            {
                if (Maps.Contains(key))
                {
                    foreach (var (name, inner) in value!.AsObject())
                        Walk(inner, $"{path}.{key}.{name}", found);
                }
                else
                {
                    Walk(value, $"{path}.{key}", found);
                }
            }
        }
    }

    // Anchored, printable ASCII, no classes such as \d and \s that the two read differently, and no dot.
    [GeneratedRegex(@"\A\^(?:[^\\.$^]|\\[.*\[\]+]|(?<=\[[^\]]*)[.$^])+\$\z")]
    private static partial Regex Portable();
}
