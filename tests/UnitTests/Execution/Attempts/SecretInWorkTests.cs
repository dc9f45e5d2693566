using System.Security.Cryptography;
using AwesomeAssertions;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Execution.Attempts;

public sealed class SecretInWorkTests
{
    private static readonly string Token = $"ghp_{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 36)}";

    [Fact]
    public async Task Added_lines_and_report_are_told_by_file_line_kind_and_fingerprint_and_the_value_stands_nowhere_else()
    {
        using var engine = new EngineFixture();
        engine.InProcess((run, _) =>
        {
            run.Log.WriteLine($"cloned with {Token}");
            Directory.CreateDirectory(Path.Join(run.Workspace, "src"));
            File.WriteAllText(Path.Join(run.Workspace, "src", "ci.env"), $"# for the build\nTOKEN={Token}\n");
            return Task.FromResult(EngineFixture.Done with { Summary = $"Used {Token}.", Report = $"# Done\n\nPushed with {Token}.\n" });
        });

        var finished = await engine.RunAsync(engine.Job());

        finished.Should().BeEquivalentTo(new { Outcome = StepOutcome.Succeeded, SecretsPassed = false, IsSealed = true });
        finished.Secrets.Select(secret => (secret.File, secret.Line, secret.Kind)).Should().Equal(("report.md", 3, "github-token"), ("src/ci.env", 2, "github-token"));
        finished.Secrets.Select(secret => secret.Fingerprint).Distinct().Should().ContainSingle().Which.Should().MatchRegex("^[0-9a-f]{16}$");
        finished.Summary.Should().Be("Used [redacted].");
        (await engine.ReadAsync(finished, "logs.txt")).Should().Contain("cloned with [redacted]").And.NotContain(Token);
        (await engine.ReadAsync(finished, "result.json")).Should().Contain("\"secrets_check\": \"failed\"").And.NotContain(Token);
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain(Token, "it is the work itself, and withheld");
    }

    [Fact]
    public async Task What_people_have_released_or_the_project_allows_passes()
    {
        using var engine = new EngineFixture();
        engine.InProcess((run, _) =>
        {
            File.WriteAllText(Path.Join(run.Workspace, "ci.env"), $"TOKEN={Token}\n");
            return Task.FromResult(EngineFixture.Done);
        });
        var job = engine.Job();
        var fingerprint = (await engine.RunAsync(job)).Secrets.Single().Fingerprint;

        (await engine.RunAsync(job, command => command with { ReleasedSecrets = [fingerprint] })).Should().BeEquivalentTo(new { SecretsPassed = true, IsSealed = false });
        (await engine.RunAsync(job with { Project = job.Project! with { AllowedSecrets = [fingerprint] } })).SecretsPassed.Should().BeTrue();
        (await engine.RunAsync(job, command => command with { ReleasedSecrets = ["0123456789abcdef"] })).SecretsPassed.Should().BeFalse();
    }

    [Fact]
    public async Task More_findings_than_a_message_can_tell_cannot_be_released_one_by_one()
    {
        using var engine = new EngineFixture();
        engine.InProcess((run, _) =>
        {
            File.WriteAllLines(Path.Join(run.Workspace, "dump.env"), Enumerable.Range(0, 300).Select(index => $"TOKEN_{index}={Token[..^4]}{index:0000}"));
            return Task.FromResult(EngineFixture.Done);
        });
        var job = engine.Job();
        var first = (await engine.RunAsync(job)).Secrets;
        first.Should().HaveCount(201);
        first[^1].Should().BeEquivalentTo(new { Fingerprint = "", Line = 0 });

        var next = await engine.RunAsync(job, command => command with { ReleasedSecrets = [.. first.Select(secret => secret.Fingerprint)] });

        next.Secrets.Should().HaveCount(100);
    }

    [Fact]
    public async Task Work_that_nobody_could_look_at_and_a_report_beside_work_that_is_too_large_are_looked_at_or_withheld()
    {
        using var engine = new EngineFixture(("Execution:MaxChangedBytes", "1024"));
        engine.InProcess(async (run, cancellationToken) =>
        {
            // The file system's clock has ticks: what is written in that of the checkout is not told from it.
            var checkedOut = File.GetLastWriteTimeUtc(Path.Join(run.Workspace, "README.md"));
            do
                await File.WriteAllTextAsync(Path.Join(run.Workspace, "large"), new string('x', 4096), cancellationToken);
            while (File.GetLastWriteTimeUtc(Path.Join(run.Workspace, "large")) - checkedOut < TimeSpan.FromMilliseconds(50));
            return EngineFixture.Done with { Report = $"Used \u001b[1m{Token[..8]}\u001b[0m{Token[8..]}" };
        });

        var finished = await engine.RunAsync(engine.Job());

        finished.Should().BeEquivalentTo(new { ErrorCode = ErrorCodes.WorkTooLarge, IsSealed = true });
        finished.Secrets.Should().ContainSingle(secret => secret.File == "report.md", "colours are no hiding place");
        finished.Notices.Should().Contain(notice => notice.Contains("report.md:1 github-token", StringComparison.Ordinal));
        finished.ShownFiles.Select(file => file.Key).Should().NotContain("report.md");
    }

    [Fact]
    public async Task A_secret_at_the_end_of_a_summary_is_masked_before_it_is_cut()
    {
        using var engine = new EngineFixture();
        engine.InProcess((_, _) => Task.FromResult(EngineFixture.Done with { Summary = $"{string.Join(' ', Enumerable.Repeat("word", 54))} {Token}" }));

        (await engine.RunAsync(engine.Job())).Summary.Should().NotContain(Token[..12]).And.Contain("[redacted]");
    }

    [Fact]
    public async Task A_known_value_in_the_work_is_a_secret_whatever_it_looks_like()
    {
        var value = "correct-horse-battery";
        using var engine = new EngineFixture(("Redaction:Values:0", value));
        engine.InProcess((run, _) =>
        {
            File.WriteAllText(Path.Join(run.Workspace, "notes.txt"), $"remember {value}\n");
            return Task.FromResult(EngineFixture.Done);
        });

        (await engine.RunAsync(engine.Job())).Secrets.Select(secret => (secret.File, secret.Line, secret.Kind)).Should().Equal(("notes.txt", 1, "known-secret"));
    }

    [Fact]
    public async Task What_a_process_prints_is_kept_without_what_looks_like_a_secret()
    {
        using var engine = new EngineFixture();
        engine.Boxed($"printf 'one\\n\\377 {Token} end\\nlast'");

        var finished = await engine.RunAsync(engine.Job());

        (await engine.ReadAsync(finished, "raw_stdout.txt")).Should().StartWith("one\n").And.EndWith(" [redacted] end\nlast").And.NotContain(Token);
    }

    [Fact]
    public async Task A_secret_that_was_there_before_or_is_taken_away_is_none_of_the_work()
    {
        using var engine = new EngineFixture();
        engine.Source.Commit("planted", ("ci.env", $"TOKEN={Token}\nother\n"));
        engine.InProcess((run, _) =>
        {
            File.WriteAllText(Path.Join(run.Workspace, "ci.env"), "other\n");
            return Task.FromResult(EngineFixture.Done);
        });

        (await engine.RunAsync(engine.Job())).SecretsPassed.Should().BeTrue();
    }
}
