using System.Net;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;

namespace Orchestrator.UnitTests.Gateway.Projects;

public sealed class ProjectTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task A_project_is_made_changed_read_used_and_deleted()
    {
        using var made = await PutAsync("blog", """{"repo_url": "https://example.org/blog.git", "default_branch": "main"}""");
        made.StatusCode.Should().Be(HttpStatusCode.Created);
        using var changed = await PutAsync("blog", """{"id": "blog", "repo_url": "https://example.org/blog2.git"}""");
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        using var read = await gateway.Admin.GetAsync("/v1/projects/blog");
        (await read.JsonAsync()).Text("repo_url").Should().Be("https://example.org/blog2.git");
        (await gateway.JobAsync(await gateway.SubmitAsync(new { goal = "x", project_id = "blog" }))).Text("project_id").Should().Be("blog");

        (await gateway.Admin.DeleteAsync("/v1/projects/blog")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        await (await gateway.Admin.GetAsync("/v1/projects/blog")).ProblemAsync(HttpStatusCode.NotFound);
        await (await gateway.Admin.DeleteAsync("/v1/projects/blog")).ProblemAsync(HttpStatusCode.NotFound);
        (await gateway.QueryAsync(db => db.Audit.Where(row => row.ProjectId == "blog").OrderBy(row => row.Id).Select(row => row.Action + " " + row.Result).ToListAsync()))
            .Should().Equal("project.write made", "project.write changed", "job.submit accepted", "project.delete deleted");
    }

    [Fact]
    public async Task Projects_of_the_operator_are_read_only_and_aliases_of_version_1_0_are_projects()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Join("projects.json"), """{"projects": [{"id": "filed", "repo_url": "https://example.org/filed.git"},]} // of the operator""");
        await using var own = await GatewayHost.StartAsync(("Gateway:ProjectsFile", folder.Join("projects.json")));

        (await own.Admin.GetStringAsync("/v1/projects")).Should().Contain("\"filed\"").And.Contain("\"shop\"").And.Contain("/srv/bank");
        await (await own.Admin.PutAsync("/v1/projects/filed", Answers.Body("""{"repo_url": "https://example.org/x.git"}"""))).ProblemAsync(HttpStatusCode.Conflict, "configured_project");
        await (await own.Admin.DeleteAsync("/v1/projects/shop")).ProblemAsync(HttpStatusCode.Conflict, "configured_project");
        (await own.JobAsync(await own.SubmitAsync(new { goal = "x", project_id = "filed" }))).Text("project_id").Should().Be("filed");
    }

    [Fact]
    public async Task A_file_or_an_alias_that_is_wrong_stops_the_start_and_says_where()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Join("projects.json"), """[{"id": "good", "repo_url": "https://example.org/a.git"}, {"id": "bad", "repo_url": "https://user:pw@example.org/a.git"}]""");

        await Start("Gateway:ProjectsFile", folder.Join("projects.json")).Should().ThrowAsync<InvalidOperationException>().WithMessage("*projects.json, project 1: $.repo_url*");
        await File.WriteAllTextAsync(folder.Join("broken.json"), "[{");
        await Start("Gateway:ProjectsFile", folder.Join("broken.json")).Should().ThrowAsync<InvalidOperationException>().WithMessage("Gateway:ProjectsFile: *broken.json is not JSON*");
        await Start("Gateway:ProjectsFile", folder.Join("missing.json")).Should().ThrowAsync<InvalidOperationException>().WithMessage("Gateway:ProjectsFile: *missing.json cannot be read*");
        await Start("PROJECT_ALIASES", "shop=relative/path").Should().ThrowAsync<InvalidOperationException>().WithMessage("PROJECT_ALIASES: *absolute*");

        static Func<Task> Start(string name, string value) => () => GatewayHost.StartAsync((name, value));
    }

    [Theory]
    [InlineData("""{"repo_url": "http://example.org/a.git"}""", "$.repo_url")]
    [InlineData("""{"repo_url": "https://user:pw@example.org/a.git"}""", "$.repo_url")]
    [InlineData("""{"repo_url": "ext::sh -c id"}""", "$.repo_url")]
    [InlineData("""{"repo_url": "ssh://-oProxyCommand=x/y"}""", "$.repo_url")]
    [InlineData("""{"repo_url": "https://example.org/a.git", "credential": "ghp_0123456789abcdef"}""", "$.credential")]
    [InlineData("""{"repo_url": "https://example.org/a.git", "branch": "main"}""", "$.branch")]
    [InlineData("{}", "$.repo_url")]
    [InlineData("""{"repo_url": "https://example.org/a.git", "repo_url": "https://example.org/b.git"}""", "$.repo_url")]
    [InlineData("""{"repo_url": "\ud800"}""", "$.repo_url")]
    public async Task A_project_that_is_wrong_names_its_field(string body, string path)
    {
        using var answer = await PutAsync("wrong", body);

        (await answer.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty(path, out _).Should().BeTrue();
    }

    [Fact]
    public async Task Through_the_API_a_project_names_only_a_credential_that_is_open_to_its_host()
    {
        await using var own = await GatewayHost.StartAsync(("Gateway:Credentials:git_token:0", "git.example.org"), ("Gateway:LocalRepositories:0", "/srv"));
        Task<HttpResponseMessage> PutAsync(string credential, string url) =>
            own.Admin.PutAsync("/v1/projects/mine", Answers.Body($$"""{"repo_url": "{{url}}", "credential": "{{credential}}"}"""));

        foreach (var (credential, url) in ((string, string)[])[
            ("ConnectionStrings__Postgres", "https://git.example.org/a.git"), ("git_token", "https://git.example.org:8443/a.git"), ("git_token", "https://evil.example.org/a.git"), ("git_token", "/srv/a")])
        {
            using var refused = await PutAsync(credential, url);
            (await refused.ProblemAsync(HttpStatusCode.Forbidden, "credential_not_allowed")).GetProperty("errors").TryGetProperty("$.credential", out _).Should().BeTrue();
        }

        (await own.QueryAsync(db => db.Projects.CountAsync())).Should().Be(0);
        using var https = await PutAsync("git_token", "https://git.example.org/a.git");
        https.StatusCode.Should().Be(HttpStatusCode.Created);
        using var ssh = await PutAsync("git_token", "ssh://git@GIT.example.org/a.git");
        ssh.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Through_the_API_a_project_names_only_folders_of_the_host_that_are_open()
    {
        await using var own = await GatewayHost.StartAsync(("Gateway:CacheMounts:0", "/var/cache/npm"));
        Task<HttpResponseMessage> PutAsync(string mounts) =>
            own.Admin.PutAsync("/v1/projects/mine", Answers.Body($$"""{"repo_url": "https://example.org/a.git", "cache_mounts": {{mounts}}}"""));

        foreach (var folder in (string[])["/var/lib/orchestrator/work", "/var/cache", "/var/cache/npm/../../lib", "/var/cache/npm/below", "/"])
        {
            using var refused = await PutAsync($$"""["/var/cache/npm", "{{folder}}"]""");
            var problem = await refused.JsonAsync();
            ((int)refused.StatusCode).Should().BeOneOf([400, 403], folder);
            problem.GetProperty("errors").EnumerateObject().Should().ContainSingle(folder).Which.Name.Should().Be("$.cache_mounts[1]");
            if (refused.StatusCode == HttpStatusCode.Forbidden)
                (problem.Text("code"), problem.Text("hint")).Should().Be(("cache_mount_not_allowed", "Name one of /var/cache/npm, have the operator open the folder (Gateway:CacheMounts), or put the project into the operator's file."));
        }

        (await own.QueryAsync(db => db.Projects.CountAsync())).Should().Be(0);
        using var open = await PutAsync("""["/var/cache/npm"]""");
        open.StatusCode.Should().Be(HttpStatusCode.Created);
        using var closed = await gateway.Admin.PutAsync("/v1/projects/closed", Answers.Body("""{"repo_url": "https://example.org/a.git", "cache_mounts": ["/var/cache/npm"]}"""));
        await closed.ProblemAsync(HttpStatusCode.Forbidden, "cache_mount_not_allowed");
    }

    [Fact]
    public async Task Through_the_API_a_repository_lies_only_in_folders_of_the_host_that_are_open()
    {
        await using var own = await GatewayHost.StartAsync(("Gateway:LocalRepositories:0", "/srv/git"));
        Task<HttpResponseMessage> PutAsync(string url) => own.Admin.PutAsync("/v1/projects/mine", Answers.Body($$"""{"repo_url": "{{url}}"}"""));

        foreach (var url in (string[])["/var/lib/orchestrator/work/x", "file:///srv/gits/a.git", "/srv", "file:///srv/git/../secret", "file:///srv/git/%2e%2e/secret", "file://localhost/etc"])
        {
            using var refused = await PutAsync(url);
            var problem = await refused.ProblemAsync(HttpStatusCode.Forbidden, "repository_not_allowed");
            problem.GetProperty("errors").EnumerateObject().Should().ContainSingle(url).Which.Name.Should().Be("$.repo_url");
            problem.Text("hint").Should().StartWith("Name a repository below /srv/git, have the operator open its folder (Gateway:LocalRepositories)");
            using var found = await own.Admin.PostAsync("/v1/projects", Answers.Body($$"""{"repo_url": "{{url}}"}"""));
            await found.ProblemAsync(HttpStatusCode.Forbidden, "repository_not_allowed");
        }

        // A Uri takes these for a host's share, or for nothing at all; a runner takes them for paths.
        foreach (var url in (string[])["//./var/lib/x", "//var/lib/x", "///etc/x", "//~/x", "//srv/git/a.git", "file:////srv/git/../x"])
            (await PutAsync(url)).IsSuccessStatusCode.Should().BeFalse(url);

        (await own.QueryAsync(db => db.Projects.CountAsync())).Should().Be(0);
        foreach (var url in (string[])["/srv/git/a.git", "file:///srv/git/team/a.git", "https://example.org/a.git"])
            (await PutAsync(url)).IsSuccessStatusCode.Should().BeTrue(url);
        using var closed = await gateway.Admin.PutAsync("/v1/projects/closed", Answers.Body("""{"repo_url": "/srv/git/a.git"}"""));
        await closed.ProblemAsync(HttpStatusCode.Forbidden, "repository_not_allowed");
    }

    [Fact]
    public async Task The_id_in_the_path_is_the_id()
    {
        using var form = await PutAsync("-x", """{"repo_url": "https://example.org/a.git"}""");
        using var other = await PutAsync("one", """{"id": "two", "repo_url": "https://example.org/a.git"}""");

        await form.ProblemAsync(HttpStatusCode.BadRequest);
        (await other.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("$.id", out _).Should().BeTrue();
    }

    [Fact]
    public async Task The_project_of_a_repository_is_made_once_and_wants_its_verb()
    {
        const string body = """{"repo_url": "https://example.org/team/tool.git"}""";
        using var first = await gateway.Admin.PostAsync("/v1/projects", Answers.Body(body));
        using var again = await gateway.Admin.PostAsync("/v1/projects", Answers.Body(body));
        using var submitter = await gateway.ClientOfAsync(["submit", "read"], "*");

        first.StatusCode.Should().Be(HttpStatusCode.Created);
        again.StatusCode.Should().Be(HttpStatusCode.OK);
        (await again.JsonAsync()).Text("id").Should().Be((await first.JsonAsync()).Text("id")).And.StartWith("tool-");
        await (await submitter.PostAsync("/v1/projects", Answers.Body(body))).ProblemAsync(HttpStatusCode.Forbidden, "verb_missing");
    }

    [Fact]
    public async Task To_ask_for_the_project_of_a_repository_changes_none()
    {
        const string url = "https://git.example.org/team/kept.git";
        await using var own = await GatewayHost.StartAsync(("Gateway:Credentials:git_token:0", "git.example.org"));
        using var made = await own.Admin.PostAsync("/v1/projects", Answers.Body($$"""{"repo_url": "{{url}}"}"""));
        var id = (await made.JsonAsync()).Text("id");
        using var set = await own.Admin.PutAsync($"/v1/projects/{id}", Answers.Body($$"""{"repo_url": "{{url}}", "default_branch": "main", "credential": "git_token", "policy": {"requires_approval": true} }"""));
        set.StatusCode.Should().Be(HttpStatusCode.OK);
        var before = await own.Admin.GetStringAsync($"/v1/projects/{id}");

        using var again = await own.Admin.PostAsync("/v1/projects", Answers.Body($$"""{"repo_url": "{{url}}"}"""));
        using var same = await own.Admin.PostAsync("/v1/projects", Answers.Body($$"""{"repo_url": "{{url}}", "default_branch": "main"}"""));
        using var other = await own.Admin.PostAsync("/v1/projects", Answers.Body($$"""{"repo_url": "{{url}}", "default_branch": "next"}"""));

        foreach (var found in (HttpResponseMessage[])[again, same])
            (found.StatusCode, (await found.JsonAsync()).Text("id")).Should().Be((HttpStatusCode.OK, id));
        (await other.ProblemAsync(HttpStatusCode.Conflict, "other_default_branch")).Text("hint").Should().Contain("base_ref");
        (await own.Admin.GetStringAsync($"/v1/projects/{id}")).Should().Be(before);
        (await own.QueryAsync(db => db.Projects.CountAsync())).Should().Be(1);
    }

    [Fact]
    public async Task The_id_of_a_repository_that_another_one_has_is_refused()
    {
        const string url = "https://git.example.org/team/moved.git";
        await using var own = await GatewayHost.StartAsync();
        using var made = await own.Admin.PostAsync("/v1/projects", Answers.Body($$"""{"repo_url": "{{url}}"}"""));
        var id = (await made.JsonAsync()).Text("id");
        using var moved = await own.Admin.PutAsync($"/v1/projects/{id}", Answers.Body("""{"repo_url": "https://git.example.org/team/elsewhere.git"}"""));

        using var again = await own.Admin.PostAsync("/v1/projects", Answers.Body($$"""{"repo_url": "{{url}}"}"""));

        await again.ProblemAsync(HttpStatusCode.Conflict, "project_exists");
        (await own.Admin.GetStringAsync($"/v1/projects/{id}")).Should().Contain("elsewhere.git");
        id.Should().MatchRegex("^moved-[0-9a-f]{24}$");
    }

    [Fact]
    public async Task Many_who_make_the_same_project_at_once_make_one()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PutAsync("raced", $$"""{"repo_url": "https://example.org/{{i}}.git"}""")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).Should().Be(1);
        answers.Should().OnlyContain(answer => (int)answer.StatusCode < 300 || answer.StatusCode == HttpStatusCode.Conflict);
    }

    private Task<HttpResponseMessage> PutAsync(string id, string body) => gateway.Admin.PutAsync($"/v1/projects/{id}", Answers.Body(body));
}
