using System.Net;
using System.Text.Json;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Gateway.Jobs;

public sealed class JobListTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest_without_a_gap_while_new_jobs_arrive()
    {
        var tag = Guid.NewGuid().ToString("N");
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
            ids.Add(await gateway.SubmitAsync(new { goal = $"Job {i}", tags = new[] { tag } }));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await ListAsync($"tag={tag}&limit=3&cursor={cursor}");
            seen.AddRange(Ids(page));
            page.GetProperty("jobs").EnumerateArray().Should().OnlyContain(job => !HasSteps(job), "a list has no steps");
            cursor = page.GetProperty("next_cursor").GetString();
            await gateway.SubmitAsync(new { goal = "Newer", tags = new[] { tag } });
        }
        while (cursor is not null);

        seen.Should().Equal(Enumerable.Reverse(ids));
    }

    [Fact]
    public async Task Filters_by_status_project_tag_and_text_are_combined()
    {
        var tag = Guid.NewGuid().ToString("N");
        var plain = await gateway.SubmitAsync(new { goal = "Mend the FENCE 100%", tags = new[] { tag } });
        var shop = await gateway.SubmitAsync(new { goal = "Paint the door", tags = new[] { tag }, project_id = "shop" });
        await gateway.FinishAsync(shop);

        Ids(await ListAsync($"tag={tag}&status=queued")).Should().Equal(plain);
        Ids(await ListAsync($"tag={tag}&status=Completed&project=shop")).Should().Equal(shop);
        Ids(await ListAsync($"tag={tag}&reason=provider_limit")).Should().BeEmpty();
        Ids(await ListAsync($"tag={tag}&project=bank")).Should().BeEmpty();
        Ids(await ListAsync($"tag={tag}&q=fence+100%25")).Should().Equal(plain);
        Ids(await ListAsync($"tag={tag}&q=%25")).Should().Equal([plain], "a wildcard is text");
        Ids(await ListAsync($"q={shop[..20]}")).Should().Contain(shop);
    }

    [Theory]
    [InlineData("status=done", "status")]
    [InlineData("status=1", "status")]
    [InlineData("status=queued,running", "status")]
    [InlineData("reason=approval,budget", "reason")]
    [InlineData("reason=-1", "reason")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=-1", "cursor")]
    [InlineData("limit=many", "limit")]
    [InlineData("q=a%00b", "q")]
    [InlineData("tag=%00", "tag")]
    [InlineData("project=%00", "project")]
    public async Task A_query_that_is_wrong_names_its_parameter(string query, string parameter)
    {
        using var answer = await gateway.Admin.GetAsync($"/v1/jobs?{query}");

        (await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid_query")).GetProperty("errors").TryGetProperty(parameter, out _).Should().BeTrue();
    }

    private async Task<JsonElement> ListAsync(string query)
    {
        using var answer = await gateway.Admin.GetAsync($"/v1/jobs?{query}");
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private static bool HasSteps(JsonElement job) => job.TryGetProperty("steps", out _);

    private static IEnumerable<string> Ids(JsonElement page) => page.GetProperty("jobs").EnumerateArray().Select(job => job.Text("job_id"));
}
