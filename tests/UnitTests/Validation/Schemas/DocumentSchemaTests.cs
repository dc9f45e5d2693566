using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.UnitTests.Validation.Schemas;

public sealed class DocumentSchemaTests
{
    [Fact]
    public void Every_document_of_the_corpus_gets_the_verdict_of_json_schema()
    {
        var wrong = SchemaCorpus.All
            .Where(entry => (Of(entry.Schema).Check(entry.Document).Count == 0) != entry.Valid)
            .Select(entry => $"{entry.Schema}: {entry.Why} must be {(entry.Valid ? "valid" : "invalid")}");

        wrong.Should().BeEmpty();
        SchemaCorpus.All.Count(entry => entry.Valid).Should().BeGreaterThan(60);
        SchemaCorpus.All.Count(entry => !entry.Valid).Should().BeGreaterThan(60);
    }

    [Fact]
    public void Every_refusal_of_the_corpus_names_a_path_and_a_remedy()
    {
        foreach (var entry in SchemaCorpus.All.Where(entry => !entry.Valid))
        {
            foreach (var problem in Of(entry.Schema).Check(entry.Document))
            {
                problem.Path.Should().StartWith("$", entry.Why);
                problem.Message.Should().NotBeNullOrWhiteSpace(entry.Why);
                problem.Hint.Should().NotBeNullOrWhiteSpace(entry.Why);
            }
        }
    }

    [Theory]
    [InlineData("""{"goal": "x", "gaol": "x"}""", "$.gaol", "unknown_field")]
    [InlineData("""{"goal": "x", "a.b": 1}""", "$['a.b']", "unknown_field")]
    [InlineData("""{"goal": "x", "it's": 1}""", "$['it\\'s']", "unknown_field")]
    [InlineData("""{"goal": "x", "policy": {"net": "deny"}}""", "$.policy.net", "unknown_field")]
    [InlineData("""{}""", "$.goal", "required")]
    [InlineData("""{"goal": "x", "steps": [{"step_id": "a", "agent": "claude", "role": "planner"}]}""", "$.steps[0].prompt", "required")]
    [InlineData("""{"goal": "x", "steps": [{"step_id": "a", "agent": "claude", "role": "planner", "prompt": "x"}, {"step_id": "b", "agent": 7, "role": "planner", "prompt": "x"}]}""", "$.steps[1].agent", "wrong_type")]
    [InlineData("""{"goal": "x", "tags": ["a", "b", null]}""", "$.tags[2]", "wrong_type")]
    [InlineData("""{"goal": "x", "project_id": "-x"}""", "$.project_id", "invalid_value")]
    [InlineData("""{"goal": "x", "context_strategy": "slide"}""", "$.context_strategy", "invalid_value")]
    [InlineData("""[]""", "$", "wrong_type")]
    public void A_problem_names_the_field(string body, string path, string code) =>
        DocumentSchema.Job.Check(Acceptance.Json(body)).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Path = path, Code = code });

    [Theory]
    [InlineData("""{"goal": "x", "gaol": "x"}""", "Did you mean goal?")]
    [InlineData("""{"goal": "x", "projectId": "x"}""", "Did you mean project_id?")]
    [InlineData("""{"goal": "x", "policy": {"allow_binaries": []}}""", "Did you mean allowed_binaries?")]
    [InlineData("""{"goal": "x", "context_strategy": "slide"}""", "Did you mean sliding?")]
    public void A_remedy_names_the_nearest_right_name(string body, string hint) =>
        DocumentSchema.Job.Check(Acceptance.Json(body)).Should().Contain(problem => problem.Hint.StartsWith(hint, StringComparison.Ordinal));

    [Fact]
    public void A_body_made_of_mistakes_gets_a_bounded_answer()
    {
        var body = JsonSerializer.SerializeToElement(Enumerable.Range(0, 20_000).ToDictionary(i => $"field{i}", i => i));

        DocumentSchema.Job.Check(body).Should().HaveCount(ProblemList.Most);
    }

    [Fact]
    public void A_value_is_shown_short_and_without_control_characters()
    {
        var body = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["goal"] = "x", ["on\u001b[31m\u202e" + new string('x', 5000)] = 1 });

        var problem = DocumentSchema.Job.Check(body).Should().ContainSingle().Subject;

        problem.Message.Should().NotContain("\u001b").And.NotContain("\u202e").And.Contain("\\u001b");
        problem.Path.Should().NotContain("\u001b");
        (problem.Path.Length + problem.Message.Length).Should().BeLessThan(500);
    }

    [Fact]
    public async Task Schemas_are_compiled_once_and_serve_many_threads()
    {
        var before = DocumentSchema.All.ToArray();
        var compiled = before.Select(schema => schema.Compiled).ToArray();

        await Parallel.ForAsync(0, 400, (i, _) =>
        {
            var entry = SchemaCorpus.All[i % SchemaCorpus.All.Count];
            (Of(entry.Schema).Check(entry.Document).Count == 0).Should().Be(entry.Valid, entry.Why);
            return ValueTask.CompletedTask;
        });

        DocumentSchema.All.Should().Equal(before);
        DocumentSchema.All.Select(schema => schema.Compiled).Should().Equal(compiled, ReferenceEquals);
        typeof(DocumentSchema).GetConstructors().Should().BeEmpty("nobody else can compile one");
        typeof(DocumentSchema).GetProperties().Should().OnlyContain(property => property.SetMethod == null);
    }

    private static DocumentSchema Of(string name) => DocumentSchema.All.Single(schema => schema.Name == name);
}
