using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Artifacts;
using Orchestrator.Artifacts.Directory;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Results;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Assembly;

namespace Orchestrator.UnitTests.Pipeline.Assembly;

public sealed class JobAssemblerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assembler-");
    private readonly DirectoryArtifactStore _store;

    public JobAssemblerTests() => _store = new DirectoryArtifactStore(_folder.FullName);

    [Fact]
    public async Task The_job_gets_its_four_artifacts_and_the_steps_theirs_under_final_names()
    {
        var plan = await StepAsync("plan", (string?)null, "planning\n");
        var implement = await StepAsync("implement", Patch("a.txt", "+one"), "writing\n");

        var outcome = await new JobAssembler(_store).AssembleAsync(Run([plan, implement], ["implement"]), CancellationToken.None);

        outcome.Files.Keys.Should().BeEquivalentTo("report.md", "patch.diff", "logs.txt", "result.json");
        (await ReadAsync("patch.diff")).Should().Be(Patch("a.txt", "+one"));
        (await ReadAsync("logs.txt")).Should().Be("==> plan (attempt 1) <==\nplanning\n\n==> implement (attempt 1) <==\nwriting\n\n");
        (await ReadAsync("report.md")).Should().Contain("# goal").And.Contain("| [implement](steps/implement/report.md)");
        (await ReadAsync("steps/implement/logs.txt")).Should().Be("writing\n");
        var result = JsonDocument.Parse(await ReadAsync("result.json")).RootElement;
        result.GetProperty("status").GetString().Should().Be("success");
        result.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("step_id").GetString()).Should().Equal("plan", "implement");
        JsonDocument.Parse(await ReadAsync("state.json")).RootElement.GetProperty("steps").GetProperty("plan").GetProperty("status").GetString().Should().Be("success");
    }

    [Fact]
    public async Task What_looks_as_if_it_held_a_secret_has_no_name_that_anybody_is_served()
    {
        var step = await StepAsync("work", Patch("a.txt", "+token"), "writing\n");
        var held = step.Report! with { SecretsPassed = false, Files = new Dictionary<string, DocumentReference>(step.Report.Files) { ["patch.diff"] = step.Report.Files["cumulative.diff"], ["report.md"] = step.Report.Files["cumulative.diff"] } };

        await new JobAssembler(_store).AssembleAsync(Run([step with { Report = held }], []), CancellationToken.None);

        Directory.EnumerateFiles(Path.Combine(_folder.FullName, "job-0001"), "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/.attempts/", StringComparison.Ordinal) && File.ReadAllText(file).Contains("+token", StringComparison.Ordinal)).Should().BeEmpty();
        (await ReadAsync("steps/work/logs.txt")).Should().Be("writing\n");
        (await ReadAsync("report.md")).Should().Contain("Work and report of work are withheld");
    }

    [Fact]
    public async Task Patches_of_parallel_steps_are_summed_and_what_both_carry_stands_once()
    {
        var one = await StepAsync("b", Patch("shared.txt", "+same") + Patch("b.txt", "+b"), "");
        var two = await StepAsync("c", Patch("shared.txt", "+same") + Patch("c.txt", "+c"), "");

        await new JobAssembler(_store).AssembleAsync(Run([one, two], ["b", "c"]), CancellationToken.None);

        (await ReadAsync("patch.diff")).Should().Be(Patch("shared.txt", "+same") + Patch("b.txt", "+b") + Patch("c.txt", "+c"));
    }

    [Fact]
    public async Task Where_steps_disagree_the_later_one_counts_and_a_notice_names_both()
    {
        var one = await StepAsync("b", Patch("x.txt", "+b"), "");
        var two = await StepAsync("c", Patch("x.txt", "+c"), "");

        await new JobAssembler(_store).AssembleAsync(Run([one, two], ["b", "c"]), CancellationToken.None);

        (await ReadAsync("patch.diff")).Should().Be(Patch("x.txt", "+c"));
        (await ReadAsync("report.md")).Should().Contain("b and c at x.txt");
    }

    [Fact]
    public async Task A_patch_that_is_not_UTF8_survives_byte_for_byte()
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes("diff --git a/x b/x\n+"), 0xE9, 0x00, 0xFF, (byte)'\n'];
        var one = await StepAsync("b", bytes, "");
        var two = await StepAsync("c", Patch("y", "+y"), "");

        await new JobAssembler(_store).AssembleAsync(Run([one, two], ["b", "c"]), CancellationToken.None);

        (await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "job-0001", "patch.diff"))).Should().Equal([.. bytes, .. Encoding.UTF8.GetBytes(Patch("y", "+y"))]);
    }

    [Fact]
    public async Task Assembling_again_changes_nothing()
    {
        var run = Run([await StepAsync("a", Patch("a", "+a"), "log\n")], ["a"]);
        var first = await new JobAssembler(_store).AssembleAsync(run, CancellationToken.None);

        var second = await new JobAssembler(_store).AssembleAsync(run, CancellationToken.None);

        second.Files.Should().BeEquivalentTo(first.Files);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Patch(string name, string line) => $"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -0,0 +1 @@\n{line}\n";

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(_folder.FullName, "job-0001", name));

    private Task<FinishedStep> StepAsync(string id, string? patch, string log) => StepAsync(id, patch is null ? null : Encoding.UTF8.GetBytes(patch), log);

    private async Task<FinishedStep> StepAsync(string id, byte[]? patch, string log)
    {
        var key = new AttemptKey(Guid.Empty, "job-0001", 1, id, 1, 1, 1);
        var files = new Dictionary<string, DocumentReference> { ["logs.txt"] = await WriteAsync("logs.txt", Encoding.UTF8.GetBytes(log)) };
        if (patch is not null)
            files["cumulative.diff"] = await WriteAsync("cumulative.diff", patch);
        return new FinishedStep(id, 1, new StepFinished
        {
            Key = key,
            Outcome = StepOutcome.Succeeded,
            Agent = "simulated",
            Role = StepRole.Implementer,
            Summary = $"did {id}",
            Changed = patch is not null,
            Files = files,
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(1),
        }, Tolerated: false);

        Task<DocumentReference> WriteAsync(string name, byte[] bytes) => _store.WriteAsync(ArtifactPaths.AttemptFile(key, name), new MemoryStream(bytes), CancellationToken.None);
    }

    private static FinishedRun Run(IReadOnlyList<FinishedStep> steps, IReadOnlyList<string> heads) => new()
    {
        Accepted = new AcceptedJob
        {
            Job = new JobDocument
            {
                JobId = "job-0001",
                Goal = "goal",
                Steps = [.. steps.Select(step => new StepDocument { StepId = step.StepId, Agent = "simulated", Role = "implementer", Prompt = "p" })],
            },
            Steps = [],
        },
        Run = 1,
        Status = ResultStatus.Success,
        Outcome = new JobOutcome { Summary = "done", StartedAt = DateTimeOffset.UnixEpoch, FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(2) },
        Steps = steps,
        Heads = heads,
    };
}
