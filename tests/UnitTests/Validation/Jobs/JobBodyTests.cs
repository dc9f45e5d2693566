using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Microsoft.Extensions.Options;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.UnitTests.Validation.Jobs;

public sealed class JobBodyTests
{
    [Fact]
    public async Task A_body_of_256_KiB_is_read_and_one_byte_more_is_not()
    {
        var body = Padded(JobAcceptance.MaxBytes);
        (await new Acceptance().SubmitAsync(body)).IsAccepted.Should().BeTrue();

        var refused = await new Acceptance().SubmitAsync(Padded(JobAcceptance.MaxBytes + 1));

        refused.Problems.Should().ContainSingle().Which.Code.Should().Be(ProblemCodes.TooLarge);
    }

    [Fact]
    public async Task The_size_also_holds_for_a_body_that_the_door_parsed()
    {
        using var document = JsonDocument.Parse(Padded(JobAcceptance.MaxBytes + 1));

        (await ParsedAsync(document)).Problems.Should().ContainSingle().Which.Code.Should().Be(ProblemCodes.TooLarge);
    }

    [Theory]
    [InlineData("")]
    [InlineData("goal=x")]
    [InlineData("{\"goal\": \"x\"")]
    [InlineData("{\"goal\": \"x\",}")]
    [InlineData("{\"goal\": \"x\"} {}")]
    [InlineData("{\"goal\": \"x\" /* y */}")]
    [InlineData("{'goal': 'x'}")]
    [InlineData("{\"goal\": NaN}")]
    [InlineData("{\"goal\": \"a\nb\"}")]
    public async Task What_is_no_json_is_refused_with_its_place(string body)
    {
        var problem = await new Acceptance().RefuseOnceAsync(body);

        problem.Should().BeEquivalentTo(new { Path = "$", Code = ProblemCodes.InvalidJson });
        problem.Message.Should().Contain("line").And.Contain("byte");
    }

    [Fact]
    public async Task A_byte_order_mark_is_skipped() =>
        (await new Acceptance().SubmitAsync([0xEF, 0xBB, 0xBF, .. "{\"goal\": \"x\"}"u8])).IsAccepted.Should().BeTrue();

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public async Task Nesting_ends_at_64_levels(int inMetadata, bool accepted) =>
        (await new Acceptance().SubmitAsync(Nested(inMetadata))).IsAccepted.Should().Be(accepted);

    [Fact]
    public async Task Nesting_is_also_bounded_in_a_body_that_the_door_parsed_deeper()
    {
        using var document = JsonDocument.Parse(Nested(500), new JsonDocumentOptions { MaxDepth = 1000 });

        (await ParsedAsync(document)).Problems.Should().ContainSingle().Which.Code.Should().Be(ProblemCodes.InvalidJson);
    }

    [Theory]
    [InlineData("{\"goal\": \"a\", \"goal\": \"b\"}", "$.goal")]
    [InlineData("{\"goal\": \"a\", \"go\\u0061l\": \"b\"}", "$.goal")]
    [InlineData("{\"goal\": \"a\", \"metadata\": {\"x\": {\"y\": 1, \"y\": 2}}}", "$.metadata.x.y")]
    [InlineData("{\"goal\": \"a\", \"steps\": [{\"step_id\": \"a\", \"step_id\": \"b\"}]}", "$.steps[0].step_id")]
    public async Task A_key_that_is_there_twice_is_refused(string body, string path) =>
        (await new Acceptance().RefuseOnceAsync(body)).Should().BeEquivalentTo(new { Path = path, Code = ProblemCodes.InvalidJson });

    [Theory]
    [InlineData("{\"goal\": \"a\\u0000b\"}", "$.goal")]
    [InlineData("{\"goal\": \"a\\ud800b\"}", "$.goal")]
    [InlineData("{\"goal\": \"a\\udc00\\ud800\"}", "$.goal")]
    [InlineData("{\"goal\": \"a\", \"tags\": [\"x\", \"\\ud83d\"]}", "$.tags[1]")]
    [InlineData("{\"goal\": \"a\", \"metadata\": {\"k\": [{\"t\": \"\\u0000\"}]}}", "$.metadata.k[0].t")]
    [InlineData("{\"goal\": \"a\", \"metadata\": {\"\\ud800\": 1}}", "$.metadata")]
    [InlineData("{\"goal\": \"a\", \"metadata\": {\"a\\u0000\": 1}}", "$.metadata")]
    public async Task NUL_and_half_surrogate_pairs_are_refused_not_repaired(string body, string path) =>
        (await new Acceptance().RefuseOnceAsync(body)).Should().BeEquivalentTo(new { Path = path, Code = ProblemCodes.InvalidText });

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused()
    {
        var refused = await new Acceptance().SubmitAsync([.. "{\"goal\": \""u8, 0xC3, 0x28, .. "\"}"u8]);

        refused.Problems.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Path = "$.goal", Code = ProblemCodes.InvalidText });
    }

    [Fact]
    public async Task A_number_beyond_a_double_is_refused() =>
        (await new Acceptance().RefuseOnceAsync("{\"goal\": \"a\", \"metadata\": {\"n\": 1e400}}")).Path.Should().Be("$.metadata.n");

    [Fact]
    public async Task Text_of_any_language_stays_as_it_came()
    {
        const string goal = "Größe прочти 読む 👩‍👩‍👧 e\u0301 \t\n end";

        (await new Acceptance().AcceptAsync(JsonSerializer.Serialize(new { goal }))).Job.Goal.Should().Be(goal);
    }

    private static byte[] Padded(int bytes)
    {
        const string start = "{\"goal\": \"x\", \"metadata\": {\"pad\": \"", end = "\"}}";
        return Encoding.ASCII.GetBytes(start + new string('p', bytes - start.Length - end.Length) + end);
    }

    private static string Nested(int levels) =>
        $"{{\"goal\": \"x\", \"metadata\": {string.Concat(Enumerable.Repeat("{\"a\":", levels))}1{new string('}', levels)}}}";

    private static ValueTask<AcceptanceResult> ParsedAsync(JsonDocument document)
    {
        var door = new Acceptance();
        return new JobAcceptance(door, Options.Create(door.Policy), door.Clock).AcceptAsync(document.RootElement, door.Door);
    }
}
