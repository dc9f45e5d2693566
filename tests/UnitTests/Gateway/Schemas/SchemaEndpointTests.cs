using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Gateway.Schemas;

public sealed class SchemaEndpointTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Theory]
    [InlineData("job")]
    [InlineData("result")]
    [InlineData("schedule")]
    [InlineData("project")]
    public async Task A_schema_is_served_to_anybody_as_it_stands_in_the_repository(string name)
    {
        using var nobody = gateway.Client(null);

        using var answer = await nobody.GetAsync($"/schemas/{name}.schema.json");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/schema+json");
        (await answer.Content.ReadAsStringAsync()).Should().Be(Repository.Read($"shared/Contracts/Schemas/{name}.schema.json"));
    }

    [Fact]
    public async Task The_schema_that_a_refusal_names_is_there()
    {
        using var refused = await gateway.Admin.PostAsync("/v1/jobs", Answers.Body("""{"goal": "x", "tags": [5]}"""));
        var named = Regex.Match(await refused.Content.ReadAsStringAsync(), "/[a-z0-9/]*schemas/[a-z.]*[a-z]").Value;

        using var answer = await gateway.Admin.GetAsync(named);

        answer.StatusCode.Should().Be(HttpStatusCode.OK, named);
    }

    [Fact]
    public async Task An_unknown_schema_is_refused_with_those_that_there_are()
    {
        using var answer = await gateway.Admin.GetAsync("/schemas/jobs.schema.json");

        (await answer.ProblemAsync(HttpStatusCode.NotFound, "not_found")).Text("hint").Should().Contain("/schemas/job.schema.json");
    }
}
