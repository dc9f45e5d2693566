using System.Net;
using AwesomeAssertions;
using Microsoft.AspNetCore.Routing;

namespace Orchestrator.UnitTests.Gateway.Access;

/// <summary>Every route of the real table, asked without a token, with too little of a token and for another project. A new route without an entry here fails.</summary>
public sealed class RouteAccessTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private static readonly string[] Everything = ["submit", "read", "control", "repo", "projects", "tokens", "operate"];

    // What a route wants, and what it reaches: nothing of anybody's (open), one object, or a list that is cut to what the caller reaches.
    private static readonly Dictionary<string, Route> Known = new()
    {
        ["GET /health"] = Route.Open,
        ["GET /health/live"] = Route.Open,
        ["GET /health/startup"] = Route.Open,
        ["GET /health/ready"] = Route.Open,
        ["GET /openapi/{documentName}.json"] = Route.Open,
        ["GET /schemas/{name}.schema.json"] = Route.Open,
        ["GET /metrics"] = new("read", Reach.All),
        ["POST /webhook"] = new("submit", Reach.Body),
        ["GET /jobs/{id}"] = new("read", Reach.Job),
        ["POST /v1/jobs"] = new("submit", Reach.Body),
        ["GET /v1/jobs"] = new("read", Reach.List),
        ["GET /v1/jobs/{id}"] = new("read", Reach.Job),
        ["POST /v1/jobs/{id}/cancel"] = new("control", Reach.Job),
        ["POST /v1/jobs/{id}/approve"] = new("control", Reach.Job),
        ["POST /v1/jobs/{id}/reject"] = new("control", Reach.Job),
        ["POST /v1/jobs/{id}/resolve"] = new("control", Reach.Job),
        ["POST /v1/jobs/{id}/release"] = new("control", Reach.Job),
        ["POST /v1/jobs/{id}/wake"] = new("control", Reach.Job),
        ["POST /v1/jobs/{id}/retry"] = new("control", Reach.Job),
        ["GET /v1/jobs/{id}/events"] = new("read", Reach.Job),
        ["GET /v1/jobs/{id}/steps/{step}/logs"] = new("read", Reach.Job),
        ["GET /v1/jobs/{id}/artifacts"] = new("read", Reach.Job),
        ["GET /v1/jobs/{id}/artifacts/{**path}"] = new("read", Reach.Job),
        ["GET /v1/projects"] = new("read", Reach.List),
        ["POST /v1/projects"] = new("submit", Reach.Repository),
        ["GET /v1/projects/{id}"] = new("read", Reach.Project),
        ["PUT /v1/projects/{id}"] = new("projects", Reach.Project),
        ["DELETE /v1/projects/{id}"] = new("projects", Reach.Project),
        ["GET /v1/tokens"] = new("tokens", Reach.List),
        ["POST /v1/tokens"] = new("tokens", Reach.Own),
        ["DELETE /v1/tokens/{id}"] = new("tokens", Reach.Token),
        ["GET /v1/failed"] = new("operate", Reach.All),
        ["GET /v1/failed/{id}"] = new("operate", Reach.All),
        ["POST /v1/failed/requeue"] = new("operate", Reach.All),
        ["POST /v1/failed/discard"] = new("operate", Reach.All),
        ["POST /v1/failed/{id}/requeue"] = new("operate", Reach.All),
        ["POST /v1/failed/{id}/discard"] = new("operate", Reach.All),
        ["GET /v1/agents"] = new("read", Reach.Nothing),
    };

    private enum Reach
    {
        Nothing,
        All,
        Job,
        Project,
        Token,
        Body,
        Repository,
        List,
        Own,
    }

    [Fact]
    public void Every_route_of_the_table_has_an_entry_and_every_entry_a_route()
    {
        Table().Select(route => route.Name).Should().BeEquivalentTo(Known.Keys);
    }

    [Fact]
    public async Task Without_a_token_or_with_one_that_nobody_made_every_route_but_the_open_ones_is_refused()
    {
        foreach (var (name, method, path) in Table().Where(route => Known[route.Name].Verb is not null))
        {
            using var nobody = gateway.Client(null);
            await (await nobody.SendAsync(Request(method, path))).ProblemAsync(HttpStatusCode.Unauthorized, "token_missing");
            using var stranger = gateway.Client("orch_made_up_by_somebody_who_guesses");
            using var answer = await stranger.SendAsync(Request(method, path));
            var isOld = name is "POST /webhook" or "GET /jobs/{id}";
            await answer.ProblemAsync(isOld ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, "invalid_token");
        }
    }

    [Fact]
    public async Task A_token_with_every_verb_but_the_right_one_is_refused()
    {
        foreach (var (name, method, path) in Table().Where(route => Known[route.Name].Verb is not null))
        {
            using var client = await gateway.ClientOfAsync([.. Everything.Except([Known[name].Verb!])], "*");

            using var answer = await client.SendAsync(Request(method, path));

            await answer.ProblemAsync(HttpStatusCode.Forbidden, "verb_missing");
        }
    }

    [Fact]
    public async Task What_belongs_to_another_project_is_answered_exactly_like_what_does_not_exist()
    {
        var job = await gateway.SubmitAsync(new { goal = "A secret plan.", project_id = "bank" });
        var token = await gateway.TokenAsync(["read"], "bank");
        var tokenId = await gateway.QueryAsync(db => Task.FromResult(db.Tokens.Single(row => row.Hash == Hash(token)).Id));
        using var shop = await gateway.ClientOfAsync(Everything, "shop");
        var asked = 0;
        foreach (var (name, method, path) in Table())
        {
            var (other, missing) = Known[name].Reach switch
            {
                Reach.Job => (job, "nosuchjob"),
                Reach.Project => ("bank", "nosuchproject"),
                Reach.Token => (tokenId, "nosuchtoken"),
                _ => (null, null),
            };
            if (other is null)
                continue;
            asked++;

            using var ofOther = await shop.SendAsync(Request(method, path.Replace("{id}", other, StringComparison.Ordinal)));
            using var ofNothing = await shop.SendAsync(Request(method, path.Replace("{id}", missing, StringComparison.Ordinal)));

            var refused = await ofOther.ProblemAsync(HttpStatusCode.NotFound, "not_found");
            (await ofNothing.ProblemAsync(HttpStatusCode.NotFound, "not_found")).Text("detail").Should().Be(refused.Text("detail"), name);
        }

        asked.Should().Be(Known.Values.Count(route => route.Reach is Reach.Job or Reach.Project or Reach.Token));
        (await gateway.JobAsync(job)).Text("status").Should().Be("queued", "nobody touched it");
        (await gateway.Admin.GetAsync("/v1/projects/bank")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_names_its_project_in_the_body_is_refused_for_another_one_and_for_none()
    {
        using var shop = await gateway.ClientOfAsync(Everything, "shop");
        foreach (var (name, method, path) in Table().Where(route => Known[route.Name].Reach == Reach.Body))
        {
            foreach (var body in (string[])["""{"goal": "x", "project_id": "bank"}""", """{"goal": "x", "project_id": "nosuchproject"}""", """{"goal": "x"}"""])
            {
                using var request = new HttpRequestMessage(method, path) { Content = Answers.Body(body) };
                await (await shop.SendAsync(request)).ProblemAsync(HttpStatusCode.Forbidden, "project_not_allowed");
            }
        }

        using var repository = new HttpRequestMessage(HttpMethod.Post, "/v1/projects") { Content = Answers.Body("""{"repo_url": "https://example.org/other.git"}""") };
        await (await shop.SendAsync(repository)).ProblemAsync(HttpStatusCode.Forbidden, "project_not_allowed");
        using var token = new HttpRequestMessage(HttpMethod.Post, "/v1/tokens") { Content = Answers.Body("""{"name": "more", "projects": ["bank"]}""") };
        await (await shop.SendAsync(token)).ProblemAsync(HttpStatusCode.Forbidden, "more_than_own");
    }

    [Fact]
    public async Task Lists_show_only_what_the_token_reaches()
    {
        var job = await gateway.SubmitAsync(new { goal = "Hidden.", project_id = "bank" });
        var own = await gateway.SubmitAsync(new { goal = "Shown.", project_id = "shop" });
        var bankToken = await gateway.TokenAsync(["read"], "bank");
        var bankTokenId = await gateway.QueryAsync(db => Task.FromResult(db.Tokens.Single(row => row.Hash == Hash(bankToken)).Id));
        using var shop = await gateway.ClientOfAsync(Everything, "shop");

        (await shop.GetStringAsync("/v1/jobs?limit=200")).Should().Contain(own).And.NotContain(job);
        (await shop.GetStringAsync("/v1/jobs?project=bank")).Should().NotContain(job);
        (await shop.GetStringAsync("/v1/projects")).Should().Contain("\"shop\"").And.NotContain("bank");
        (await shop.GetStringAsync("/v1/tokens")).Should().NotContain(bankTokenId);
    }

    [Fact]
    public async Task A_route_that_says_nothing_wants_a_token_that_reaches_everything()
    {
        using var shop = await gateway.ClientOfAsync(Everything, "shop");
        using var all = await gateway.ClientOfAsync(["read"], "*");

        (await shop.GetAsync("/metrics")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await all.GetAsync("/metrics")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Failed_messages_want_a_token_that_reaches_every_project()
    {
        using var shop = await gateway.ClientOfAsync(Everything, "shop");
        foreach (var (_, method, path) in Table().Where(route => Known[route.Name].Verb == "operate"))
            await (await shop.SendAsync(Request(method, path))).ProblemAsync(HttpStatusCode.Forbidden, "every_project_needed");
    }

    private static string Hash(string token) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));

    private static HttpRequestMessage Request(HttpMethod method, string path) => new(method, path
        .Replace("{step}", "01_plan", StringComparison.Ordinal).Replace("{**path}", "report.md", StringComparison.Ordinal));

    private IEnumerable<(string Name, HttpMethod Method, string Path)> Table() =>
        from route in gateway.Routes
        // The page and its scripts come from a package.
        where !route.RoutePattern.RawText!.TrimStart('/').StartsWith("docs", StringComparison.Ordinal)
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET"]
        where method != "HEAD" && method != "OPTIONS"
        let path = "/" + route.RoutePattern.RawText!.TrimStart('/').TrimEnd('/')
        select ($"{method} {path}", new HttpMethod(method), path);

    private sealed record Route(string? Verb, Reach Reach)
    {
        public static Route Open { get; } = new(null, Reach.Nothing);
    }
}
