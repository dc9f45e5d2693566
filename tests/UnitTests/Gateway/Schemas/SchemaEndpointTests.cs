using System.Net;
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
    public async Task An_unknown_schema_is_refused_with_those_that_there_are()
    {
        using var answer = await gateway.Admin.GetAsync("/schemas/jobs.schema.json");

        (await answer.ProblemAsync(HttpStatusCode.NotFound, "not_found")).Text("hint").Should().Contain("/schemas/job.schema.json");
    }
}
