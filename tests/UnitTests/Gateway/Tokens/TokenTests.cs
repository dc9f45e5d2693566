using System.Net;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;

namespace Orchestrator.UnitTests.Gateway.Tokens;

public sealed class TokenTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task A_token_is_shown_once_kept_as_a_hash_and_gone_when_it_is_revoked()
    {
        using var created = await gateway.Admin.PostAsync("/v1/tokens", Answers.Body("""{"name": "ci", "projects": ["shop"], "verbs": ["read"], "expires_in_days": 30}"""));
        created.StatusCode.Should().Be(HttpStatusCode.Created);
        created.Headers.CacheControl!.NoStore.Should().BeTrue();
        var made = await created.JsonAsync();
        var token = made.Text("token");
        token.Should().MatchRegex("^orch_[A-Za-z0-9_-]{43}$");
        using var client = gateway.Client(token);

        (await client.GetAsync("/v1/projects/shop")).StatusCode.Should().Be(HttpStatusCode.OK);
        var list = await gateway.Admin.GetStringAsync("/v1/tokens");
        list.Should().Contain(made.Text("id")).And.NotContain(token);
        var row = await gateway.QueryAsync(db => db.Tokens.SingleAsync(known => known.Id == made.Text("id")));
        row.Hash.Should().MatchRegex("^[0-9a-f]{64}$");
        (row.Hash + row.Name + row.CreatedBy).Should().NotContain(token);
        (await gateway.Admin.DeleteAsync($"/v1/tokens/{row.Id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        await (await client.GetAsync("/v1/projects/shop")).ProblemAsync(HttpStatusCode.Unauthorized, "invalid_token");
        await (await gateway.Admin.DeleteAsync($"/v1/tokens/{row.Id}")).ProblemAsync(HttpStatusCode.NotFound);
        (await gateway.QueryAsync(db => db.Audit.CountAsync(audit => audit.Result == row.Id))).Should().Be(2, "made and revoked");
        gateway.Log.All.Should().NotContain(line => line.Text.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_said_is_submit_read_and_control_for_what_the_maker_reaches()
    {
        using var maker = await gateway.ClientOfAsync(["tokens", "submit", "read", "control"], "shop");

        using var created = await maker.PostAsync("/v1/tokens", Answers.Body("""{"name": "child"}"""));

        var made = await created.JsonAsync();
        made.GetProperty("verbs").EnumerateArray().Select(verb => verb.GetString()).Should().Equal("submit", "read", "control");
        made.GetProperty("projects").EnumerateArray().Select(project => project.GetString()).Should().Equal("shop");
    }

    [Theory]
    [InlineData("""{"name": "x", "verbs": ["projects"]}""")]
    [InlineData("""{"name": "x", "projects": ["*"]}""")]
    [InlineData("""{"name": "x", "projects": ["shop", "bank"]}""")]
    public async Task Nobody_hands_out_more_than_he_has(string body)
    {
        using var maker = await gateway.ClientOfAsync(["tokens", "submit", "read", "control"], "shop");

        await (await maker.PostAsync("/v1/tokens", Answers.Body(body))).ProblemAsync(HttpStatusCode.Forbidden, "more_than_own");
    }

    [Theory]
    [InlineData("{}", "$.name")]
    [InlineData("""{"name": " "}""", "$.name")]
    [InlineData("""{"name": "Admin"}""", "$.name")]
    [InlineData("""{"name": "x", "verbs": ["reed"]}""", "$.verbs[0]")]
    [InlineData("""{"name": "x", "verbs": [null]}""", "$.verbs[0]")]
    [InlineData("""{"name": "x", "verbs": []}""", "$.verbs")]
    [InlineData("""{"name": "x", "projects": [null]}""", "$.projects[0]")]
    [InlineData("""{"name": "x", "projects": ["shop", " bank"]}""", "$.projects[1]")]
    [InlineData("""{"name": "x", "projects": []}""", "$.projects")]
    [InlineData("""{"name": "x", "expires_in_days": 0}""", "$.expires_in_days")]
    [InlineData("""{"name": "x", "expires_at": "2001-01-01T00:00:00Z"}""", "$.expires_at")]
    [InlineData("""{"name": "x", "expires_at": "9000-01-01T00:00:00Z"}""", "$.expires_at")]
    [InlineData("""{"name": "x", "expires_at": "2030-01-01T00:00:00Z", "expires_in_days": 3}""", "$.expires_at")]
    public async Task A_request_that_is_wrong_names_its_field(string body, string path)
    {
        using var answer = await gateway.Admin.PostAsync("/v1/tokens", Answers.Body(body));

        (await answer.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty(path, out _).Should().BeTrue();
    }

    [Fact]
    public async Task The_first_token_comes_from_a_file_and_a_file_that_is_wrong_stops_the_start()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Join("token"), "orch_from-a-file-0123456789abcdef\n");
        await using (var own = await GatewayHost.StartAsync(("Gateway:AdminTokenFile", folder.Join("token"))))
        {
            using var client = own.Client("orch_from-a-file-0123456789abcdef");
            (await client.GetAsync("/v1/tokens")).StatusCode.Should().Be(HttpStatusCode.OK);
            await (await own.Admin.GetAsync("/v1/tokens")).ProblemAsync(HttpStatusCode.Unauthorized, "invalid_token");
        }

        await Start("missing").Should().ThrowAsync<InvalidOperationException>().WithMessage("Gateway:AdminTokenFile: *cannot be read*");
        await File.WriteAllTextAsync(folder.Join("short"), "1234");
        await Start("short").Should().ThrowAsync<InvalidOperationException>().WithMessage("*at least 24*");

        Func<Task> Start(string file) => () => GatewayHost.StartAsync(("Gateway:AdminTokenFile", folder.Join(file)));
    }
}
