using System.Diagnostics;
using System.Globalization;
using System.Text;
using AwesomeAssertions;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Workspaces;

public sealed class GitTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_git_that_hangs_is_ended_at_its_timeout_with_all_that_it_started()
    {
        // Deaf to SIGTERM, with a child that holds the output open.
        var git = Script($"trap '' TERM; echo $$ > {folder.Join("pids")}; sleep 1000 & echo $! >> {folder.Join("pids")}; wait; sleep 1000", TimeSpan.FromSeconds(1));
        var watch = Stopwatch.StartNew();

        var running = () => git.RunAsync(new GitCall("status") { GitDirectory = folder.Path }, TestContext.Current.CancellationToken);

        (await running.Should().ThrowAsync<WorkspaceException>().WithMessage("*git status was ended after 1 s*Git:Timeout*")).Which.Code.Should().Be(ErrorCodes.GitTimeout);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
        await AllGoneAsync();
    }

    [Fact]
    public async Task A_cancelled_git_is_ended_with_all_that_it_started()
    {
        var git = Script($"echo $$ > {folder.Join("pids")}; sleep 1000 & echo $! >> {folder.Join("pids")}; wait", TimeSpan.FromMinutes(5));
        using var cancel = new CancellationTokenSource();
        var running = git.RunAsync(new GitCall("fetch") { GitDirectory = folder.Path, Transfer = true }, cancel.Token);
        await Eventually.IsTrueAsync(() => File.Exists(folder.Join("pids")) && File.ReadAllLines(folder.Join("pids")).Length == 2);

        await cancel.CancelAsync();

        var ending = () => running;
        await ending.Should().ThrowAsync<OperationCanceledException>();
        await AllGoneAsync();
    }

    [Fact]
    public async Task A_launch_whose_git_hangs_ends_with_the_named_reason_and_nothing_on_disk()
    {
        var hang = folder.Join("git");
        await File.WriteAllTextAsync(hang, "#!/bin/sh\nexec sleep 1000\n", TestContext.Current.CancellationToken);
        SourceRepository.Shell(folder.Path, "chmod 755 git");
        var source = new SourceRepository(folder.Join("source"));
        source.Commit("first", ("x", "x"));
        var machine = new Machine(folder, "m1", git => (git.Binary, git.TransferTimeout) = (hang, TimeSpan.FromSeconds(1)));

        var preparing = () => machine.PrepareAsync(source, "a");

        (await preparing.Should().ThrowAsync<WorkspaceException>()).Which.Code.Should().Be(ErrorCodes.GitTimeout);
        Directory.GetDirectories(Path.Join(machine.Work, "a")).SelectMany(Directory.GetDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task The_environment_is_clean_and_hardened()
    {
        Environment.SetEnvironmentVariable("GIT_TEST_CANARY", "x");
        Environment.SetEnvironmentVariable("ORCHESTRATOR_TEST_CANARY", "secret");
        var git = Script("env", TimeSpan.FromSeconds(20));

        var answer = await git.RunAsync(new GitCall("x") { GitDirectory = folder.Path }, TestContext.Current.CancellationToken);

        answer.Text.Should().NotContain("CANARY")
            .And.Contain("GIT_CONFIG_NOSYSTEM=1").And.Contain("GIT_CONFIG_GLOBAL=/dev/null").And.Contain("GIT_TERMINAL_PROMPT=0")
            .And.Contain("GIT_ALLOW_PROTOCOL=file\n").And.Contain("core.hooksPath").And.Contain("core.fsmonitor");
    }

    [Fact]
    public async Task A_missing_git_says_what_to_do()
    {
        var git = new Git(Options.Create(new GitOptions { Binary = "/nonexistent/git" }), TimeProvider.System);

        var running = () => git.RunAsync(new GitCall("x") { GitDirectory = folder.Path }, TestContext.Current.CancellationToken);

        (await running.Should().ThrowAsync<WorkspaceException>().WithMessage("*Install git or set Git:Binary*")).Which.Code.Should().Be(ErrorCodes.GitFailed);
    }

    [Fact]
    public async Task An_https_credential_reaches_git_by_environment_for_its_host_only_and_never_its_arguments()
    {
        Directory.CreateDirectory(folder.Join("secrets"));
        await File.WriteAllTextAsync(folder.Join("secrets", "token"), "s3cr3t-t0ken\n", TestContext.Current.CancellationToken);
        var machine = Recorder();

        var preparing = () => machine.PrepareAsync(null, "a", request => request with
        {
            Project = new ProjectDocument { Id = "p", RepoUrl = "https://git.example.org/x.git", Credential = "token" },
        });

        await preparing.Should().ThrowAsync<WorkspaceException>();
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:s3cr3t-t0ken"));
        var environment = await File.ReadAllTextAsync(folder.Join("environment"), TestContext.Current.CancellationToken);
        environment.Should().Contain("=http.https://git.example.org/.extraHeader").And.Contain($"=Authorization: Basic {header}").And.Contain("http.followRedirects");
        (await File.ReadAllTextAsync(folder.Join("arguments"), TestContext.Current.CancellationToken)).Should().Contain("https://git.example.org/x.git").And.NotContain(header).And.NotContain("s3cr3t");
        FilesWith("s3cr3t", header).Should().BeEmpty();
    }

    [Fact]
    public async Task An_ssh_key_reaches_git_as_a_private_file_that_is_gone_afterwards()
    {
        Directory.CreateDirectory(folder.Join("secrets"));
        await File.WriteAllTextAsync(folder.Join("secrets", "key"), "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n", TestContext.Current.CancellationToken);
        var machine = Recorder("key=$(printf %s \"$GIT_SSH_COMMAND\" | sed \"s/.*-i '\\(.*\\)'.*/\\1/\"); stat -c %a \"$key\" > FOLDER/mode; cp \"$key\" FOLDER/secrets/copy");

        var preparing = () => machine.PrepareAsync(null, "a", request => request with
        {
            Project = new ProjectDocument { Id = "p", RepoUrl = "git@example.org:x.git", Credential = "key" },
        });

        await preparing.Should().ThrowAsync<WorkspaceException>();
        (await File.ReadAllTextAsync(folder.Join("mode"), TestContext.Current.CancellationToken)).Trim().Should().Be("600");
        (await File.ReadAllTextAsync(folder.Join("secrets", "copy"), TestContext.Current.CancellationToken)).Should().StartWith("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n");
        FilesWith("OPENSSH PRIVATE").Should().BeEmpty();
    }

    [Theory]
    [InlineData(true, "-o StrictHostKeyChecking=yes -o UserKnownHostsFile='FOLDER/secrets/repositories/known_hosts'")]
    [InlineData(false, "-o StrictHostKeyChecking=accept-new")]
    public async Task Host_keys_of_the_operator_are_the_only_ones_and_credentials_may_lie_in_a_folder_of_their_own(bool pinned, string options)
    {
        Directory.CreateDirectory(folder.Join("secrets", "repositories"));
        await File.WriteAllTextAsync(folder.Join("secrets", "repositories", "key"), "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", TestContext.Current.CancellationToken);
        if (pinned)
            await File.WriteAllTextAsync(folder.Join("secrets", "repositories", "known_hosts"), "example.org ssh-ed25519 AAAA\n", TestContext.Current.CancellationToken);
        var machine = Recorder();

        var preparing = () => machine.PrepareAsync(null, "a", request => request with
        {
            Project = new ProjectDocument { Id = "p", RepoUrl = "ssh://git@example.org/x.git", Credential = "key" },
        });

        await preparing.Should().ThrowAsync<WorkspaceException>();
        (await File.ReadAllTextAsync(folder.Join("environment"), TestContext.Current.CancellationToken)).Should()
            .Contain(options.Replace("FOLDER", folder.Path, StringComparison.Ordinal)).And.Contain("-o IdentitiesOnly=yes -i ");
    }

    [Theory]
    [InlineData("missing", "*'missing'*cannot be read from the secrets folder*ORCHESTRATOR_SECRETS*")]
    [InlineData("../outside", "*no name of a secret file*")]
    public async Task A_credential_that_cannot_be_had_is_a_named_error(string name, string message)
    {
        var machine = Recorder();

        var preparing = () => machine.PrepareAsync(null, "a", request => request with
        {
            Project = new ProjectDocument { Id = "p", RepoUrl = "https://git.example.org/x.git", Credential = name },
        });

        (await preparing.Should().ThrowAsync<WorkspaceException>().WithMessage(message)).Which.Code.Should().Be(ErrorCodes.RepositoryUnavailable);
    }

    [Theory]
    [InlineData("The requested URL returned error: 503", true)]
    [InlineData("Could not resolve host: git.example.org", false)]
    [InlineData("The requested URL returned error: 403", false)]
    public async Task A_server_that_is_broken_is_an_outage_and_one_that_never_answered_may_be_a_wrong_address(string said, bool outage)
    {
        var machine = Recorder($"echo \"fatal: unable to access: {said}\" >&2");

        var preparing = () => machine.PrepareAsync(null, "a", request => request with { Project = new ProjectDocument { Id = "p", RepoUrl = "https://git.example.org/x.git" } });

        var error = (await preparing.Should().ThrowAsync<WorkspaceException>()).Which;
        (error.Code, error.IsOutage).Should().Be((ErrorCodes.RepositoryUnavailable, outage));
    }

    // Plays a git that writes down how it was called by a fetch, and fails.
    private Machine Recorder(string more = ":")
    {
        var script = folder.Join("recorder");
        File.WriteAllText(script, $"#!/bin/sh\nenv > {folder.Join("environment")}\nprintf '%s\\n' \"$@\" > {folder.Join("arguments")}\n{more.Replace("FOLDER", folder.Path, StringComparison.Ordinal)}\nexit 128\n");
        SourceRepository.Shell(folder.Path, "chmod 755 recorder");
        return new Machine(folder, "m1", git => git.Binary = script);
    }

    private IEnumerable<string> FilesWith(params string[] words) => Directory.GetFiles(folder.Join("m1"), "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith("lock", StringComparison.Ordinal))
        .Where(file => words.Any(word => File.ReadAllText(file).Contains(word, StringComparison.Ordinal)));

    private Git Script(string body, TimeSpan timeout)
    {
        var file = folder.Join("script");
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        SourceRepository.Shell(folder.Path, "chmod 755 script");
        return new Git(Options.Create(new GitOptions { Binary = file, Timeout = timeout }), TimeProvider.System);
    }

    private Task AllGoneAsync()
    {
        var pids = File.ReadAllLines(folder.Join("pids")).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        pids.Should().HaveCount(2);
        return Eventually.IsTrueAsync(() => pids.All(pid => !Directory.Exists($"/proc/{pid}") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal)), TimeSpan.FromSeconds(5));
    }
}
