using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class ApplyCommandTests
{
    private const string Artifacts = $"GET /v1/jobs/{CannedJobs.Id}/artifacts";

    [Fact]
    public async Task The_patch_is_applied_to_the_base()
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await ServerAsync(checkout, await PatchOfAsync(checkout, "one\nTWO\nthree\nfour\nfive\n"));

        var run = await ApplyAsync(server, checkout);

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Out.Should().Be("src/app.txt\n");
        checkout.Read("src/app.txt").Should().StartWith("one\nTWO\n");
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await ServerAsync(checkout, await PatchOfAsync(checkout, "one\nTWO\nthree\nfour\nfive\n"));

        var run = await ApplyAsync(server, checkout, "--check");

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Error.Should().Contain("It fits");
        (await checkout.GitAsync("status", "--porcelain")).Should().BeEmpty();
    }

    [Fact]
    public async Task Work_that_went_on_elsewhere_in_the_file_is_merged()
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await ServerAsync(checkout, await PatchOfAsync(checkout, "ONE\ntwo\nthree\nfour\nfive\n"));
        checkout.Write("src/app.txt", "one\ntwo\nthree\nfour\nFIVE\n");
        await checkout.CommitAsync("Go on");

        var run = await ApplyAsync(server, checkout);

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Error.Should().Contain("three-way");
        checkout.Read("src/app.txt").Should().Be("ONE\ntwo\nthree\nfour\nFIVE\n");
    }

    [Fact]
    public async Task A_conflict_leaves_the_checkout_as_it_was_unless_it_is_asked_for()
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await ServerAsync(checkout, await PatchOfAsync(checkout, "one\nTWO\nthree\nfour\nfive\n"));
        checkout.Write("src/app.txt", "one\nzwei\nthree\nfour\nfive\n");
        await checkout.CommitAsync("Go on");

        var refused = await ApplyAsync(server, checkout);
        var untouched = await checkout.GitAsync("status", "--porcelain");
        var marked = await ApplyAsync(server, checkout, "--conflicts");

        refused.ExitCode.Should().Be(ExitCodes.JobFailed);
        refused.Error.Should().Contain("src/app.txt");
        untouched.Should().BeEmpty();
        marked.ExitCode.Should().Be(ExitCodes.JobFailed);
        checkout.Read("src/app.txt").Should().Contain("<<<<<<<").And.Contain("zwei").And.Contain("TWO");
    }

    [Fact]
    public async Task A_checkout_with_uncommitted_changes_is_refused()
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await ServerAsync(checkout, await PatchOfAsync(checkout, "one\nTWO\nthree\nfour\nfive\n"));
        checkout.Write("src/app.txt", "mine\n");

        var run = await ApplyAsync(server, checkout);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Error.Should().Contain("uncommitted").And.Contain("src/app.txt");
        checkout.Read("src/app.txt").Should().Be("mine\n");
    }

    [Fact]
    public async Task A_checkout_of_another_repository_is_refused()
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await ServerAsync(checkout, await PatchOfAsync(checkout, "one\nTWO\nthree\nfour\nfive\n"), new string('a', 40));

        var run = await ApplyAsync(server, checkout);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Error.Should().Contain(new string('a', 40)).And.Contain("git fetch");
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData(".git/hooks/post-checkout")]
    [InlineData("src/../../outside.txt")]
    [InlineData(".GIT/config")]
    public async Task A_patch_that_writes_outside_the_checkout_is_refused(string path)
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await ServerAsync(checkout, $"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n");

        var run = await ApplyAsync(server, checkout);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Error.Should().Contain("not a file of the checkout");
        (await checkout.GitAsync("status", "--porcelain")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_patch_that_writes_through_a_link_is_refused()
    {
        using var outside = new TemporaryFolder();
        using var checkout = await Checkout.CreateAsync();
        File.CreateSymbolicLink(Path.Combine(checkout.Path, "link"), outside.Path);
        await checkout.CommitAsync("Link");
        await using var server = await ServerAsync(checkout, "diff --git a/link/x.txt b/link/x.txt\nnew file mode 100644\n--- /dev/null\n+++ b/link/x.txt\n@@ -0,0 +1 @@\n+x\n");

        var run = await ApplyAsync(server, checkout);

        run.ExitCode.Should().Be(ExitCodes.JobFailed);
        Directory.GetFileSystemEntries(outside.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task A_job_that_has_no_patch_yet_is_exit_code_3()
    {
        using var checkout = await Checkout.CreateAsync();
        await using var server = await CannedServer.StartAsync();
        server.On($"GET /v1/jobs/{CannedJobs.Id}", CannedJobs.Job("running"));

        var run = await ApplyAsync(server, checkout);

        run.ExitCode.Should().Be(ExitCodes.NotFound);
        run.Error.Should().Contain("orch status");
    }

    private static Task<CliRun> ApplyAsync(CannedServer server, Checkout checkout, params string[] more) =>
        CliRun.Of(["--server", server.Url, "apply", CannedJobs.Id, .. more], checkout.Path);

    private static async Task<string> PatchOfAsync(Checkout checkout, string changed)
    {
        var before = checkout.Read("src/app.txt");
        checkout.Write("src/app.txt", changed);
        var patch = await checkout.GitAsync("diff", "--binary", "--full-index");
        checkout.Write("src/app.txt", before);
        return patch;
    }

    private static async Task<CannedServer> ServerAsync(Checkout checkout, string patch, string? baseCommit = null)
    {
        var commit = baseCommit ?? (await checkout.GitAsync("rev-parse", "HEAD")).Trim();
        var server = await CannedServer.StartAsync();
        server.On($"{Artifacts}/patch.diff", patch, type: "text/x-diff");
        server.On($"{Artifacts}/result.json", $$$"""{"kind":"job","steps":[{"step_id":"01_plan","metrics":{"base_commit":"{{{commit}}}"}}]}""");
        return server;
    }
}
