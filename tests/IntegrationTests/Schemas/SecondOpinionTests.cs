using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using CliWrap;
using CliWrap.Buffered;
using Orchestrator.UnitTests.Validation.Schemas;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.IntegrationTests.Schemas;

/// <summary>The published schemas mean the same to another validator: ajv 8, draft 2020-12, strict.</summary>
[Trait("Category", "Serverless")]
public sealed class SecondOpinionTests
{
    [Fact]
    public async Task Ajv_agrees_on_every_document_of_the_corpus()
    {
        var corpus = SchemaCorpus.All;

        var verdicts = await JudgeAsync(DocumentSchema.All.ToDictionary(schema => schema.Name, schema => JsonNode.Parse(schema.Text)), corpus);

        corpus.Zip(verdicts).Where(pair => pair.First.Valid != pair.Second)
            .Select(pair => $"{pair.First.Schema}: {pair.First.Why} must be {(pair.First.Valid ? "valid" : "invalid")}").Should().BeEmpty();
        verdicts.Should().HaveCountGreaterThan(120).And.Contain(true).And.Contain(false);
    }

    [Fact]
    public async Task A_schema_that_lost_a_rule_makes_ajv_disagree()
    {
        var schemas = DocumentSchema.All.ToDictionary(schema => schema.Name, schema => JsonNode.Parse(schema.Text));
        schemas["job"]!["properties"]!["goal"]!.AsObject().Remove("maxLength").Should().BeTrue();

        var verdicts = await JudgeAsync(schemas, SchemaCorpus.All);

        SchemaCorpus.All.Zip(verdicts).Where(pair => pair.First.Valid != pair.Second).Select(pair => pair.First.Why)
            .Should().Contain("goal of 5001").And.OnlyContain(why => why.StartsWith("goal of 5001", StringComparison.Ordinal));
    }

    private static async Task<bool[]> JudgeAsync(Dictionary<string, JsonNode?> schemas, IReadOnlyList<SchemaCorpus.Entry> corpus)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var question = JsonSerializer.Serialize(new { schemas, documents = corpus.Select(entry => new { schema = entry.Schema, document = entry.Document }) });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await CliWrap.Cli.Wrap(Path.Combine(root, "tests", "ajv", "install.sh")).WithStandardErrorPipe(PipeTarget.ToDelegate(line => TestContext.Current.TestOutputHelper!.WriteLine(line))).ExecuteAsync(limit.Token);
        var answer = await CliWrap.Cli.Wrap("node").WithArguments([Path.Combine(root, "tests", "ajv", "judge.cjs")]).WithStandardInputPipe(PipeSource.FromString(question)).ExecuteBufferedAsync(limit.Token);
        return JsonSerializer.Deserialize<bool[]>(answer.StandardOutput)!;
    }
}
