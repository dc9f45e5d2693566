using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Systems;
using static Orchestrator.IntegrationTests.Journeys.JourneyJobs;

namespace Orchestrator.IntegrationTests.Journeys;

/// <summary>Jobs with branches, on real parts: what runs at once, what is merged, and what a person decides.</summary>
[Collection(nameof(OneSystem))]
public sealed class GraphTests(OneSystem one)
{
    private const string Lines = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";

    private RunningSystem System => one.System;

    [Fact]
    public async Task A_diamond_runs_its_branches_at_the_same_time_and_its_last_step_on_the_merge_of_both()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", Lines));

        // Both branches change the same file in different places; the last step only reads, so the merge itself is the result.
        var id = await System.SubmitAsync("Both at once.", repository,
            Step("a", "write path=a.txt text=from a", []),
            Step("b", $"sleep 4s\nwrite path=lines.txt text={Escaped(Lines.Replace("one", "one by b", StringComparison.Ordinal))}", ["a"]),
            Step("c", $"sleep 4s\nwrite path=lines.txt text={Escaped(Lines.Replace("seven", "seven by c", StringComparison.Ordinal))}", ["a"]),
            Step("d", "report text=read both", ["b", "c"], "reviewer"));
        await System.CompletedAsync(id);

        var steps = System.Result(id).GetProperty("steps").EnumerateArray().ToDictionary(step => step.GetProperty("step_id").GetString()!);
        steps.Keys.Should().Equal("a", "b", "c", "d");
        var (b, c) = (Span(steps["b"]), Span(steps["c"]));
        b.Start.Should().BeAfter(Span(steps["a"]).End).And.BeBefore(c.End);
        c.Start.Should().BeAfter(Span(steps["a"]).End).And.BeBefore(b.End);
        Span(steps["d"]).Start.Should().BeAfter(b.End).And.BeAfter(c.End);
        var patch = System.Artifact(id, "patch.diff");
        (await repository.PatchedAsync(patch, "lines.txt")).Should().Be("one by b\ntwo\nthree\nfour\nfive\nsix\nseven by c\n");
        (await repository.PatchedAsync(patch, "a.txt")).Should().Be("from a\n");
    }

    [Fact]
    public async Task A_conflict_parks_with_both_sides_kept_and_the_side_that_a_person_takes_goes_on()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", Lines));
        var id = await ConflictAsync(repository, Step("d", "append path=lines.txt text=and d", ["b", "c"]));

        var parked = await System.ParkedAsync(id, "d");
        parked.GetProperty("reason").GetString().Should().Be("merge_conflict");
        parked.GetProperty("detail").GetString().Should().Contain("The work of b and c does not merge in lines.txt");
        (await repository.PatchedAsync(System.Artifact(id, "steps/b/patch.diff"), "lines.txt")).Should().StartWith("by b\n");
        (await repository.PatchedAsync(System.Artifact(id, "steps/c/patch.diff"), "lines.txt")).Should().StartWith("by c\n");
        await System.TellAsync(id, "resolve", new { take = "c", comment = "c is right" });

        await System.CompletedAsync(id);
        (await repository.PatchedAsync(System.Artifact(id, "patch.diff"), "lines.txt")).Should().StartWith("by c\n").And.EndWith("and d\n");
        (await repository.PatchedAsync(System.Artifact(id, "patch.diff"), "b.txt")).Should().Be("only b\n", "what does not conflict stays merged");
    }

    [Fact]
    public async Task A_commit_that_a_person_made_of_both_sides_ends_a_conflict_also_where_the_last_step_only_reads()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", Lines));
        var id = await ConflictAsync(repository, Step("d", "report text=read it", ["b", "c"], "reviewer"));
        (await System.ParkedAsync(id, "d")).GetProperty("reason").GetString().Should().Be("merge_conflict");

        var commit = await repository.CommitAsync(("lines.txt", Lines.Replace("one", "by b and c", StringComparison.Ordinal)));
        await System.TellAsync(id, "resolve", new { commit });

        await System.CompletedAsync(id);
        (await repository.PatchedAsync(System.Artifact(id, "patch.diff"), "lines.txt")).Should().Be(Lines.Replace("one", "by b and c", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Branches_without_a_last_step_are_joined_and_a_conflict_between_them_waits_for_a_person_too()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", Lines));
        var id = await ConflictAsync(repository);

        var parked = await System.ParkedAsync(id, "join");
        parked.GetProperty("reason").GetString().Should().Be("merge_conflict");
        await System.TellAsync(id, "resolve", new { take = "b" });

        await System.CompletedAsync(id);
        var patch = System.Artifact(id, "patch.diff");
        (await repository.PatchedAsync(patch, "lines.txt")).Should().StartWith("by b\n");
        (await repository.PatchedAsync(patch, "c.txt")).Should().Be("only c\n");
    }

    [Fact]
    public async Task A_rejected_conflict_ends_the_job_and_keeps_both_sides()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", Lines));
        var id = await ConflictAsync(repository);
        await System.ParkedAsync(id, "join");

        await System.TellAsync(id, "reject", new { comment = "neither" });

        var job = await System.FinishedAsync(id);
        job.GetProperty("status").GetString().Should().Be("failed", job.ToString());
        job.GetProperty("error").GetProperty("code").GetString().Should().Be("rejected");
        (await repository.PatchedAsync(System.Artifact(id, "steps/b/patch.diff"), "lines.txt")).Should().StartWith("by b\n");
        (await repository.PatchedAsync(System.Artifact(id, "steps/c/patch.diff"), "lines.txt")).Should().StartWith("by c\n");
    }

    [Fact]
    public async Task A_diamond_that_fails_in_one_branch_hands_back_the_merge_of_the_others_and_keeps_what_was_begun()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", Lines));
        var id = await System.SubmitAsync("One of three.", repository,
            Step("a", $"write path=lines.txt text={Escaped(Lines.Replace("four", "four by a", StringComparison.Ordinal))}\nwrite path=a.txt text=from a", []),
            Step("b", $"write path=lines.txt text={Escaped("one by b\ntwo\nthree\nfour by b\nfive\nsix\nseven\n")}", ["a"]),
            Step("c", $"write path=lines.txt text={Escaped("one\ntwo\nthree\nfour by a\nfive\nsix\nseven by c\n")}", ["a"]),
            Step("e", "write path=e.txt text=half\nfail code=broken", ["a"], more: ("approval", "before")),
            Step("d", "report text=read all", ["b", "c", "e"], "reviewer"));
        await Eventually.IsTrueAsync(
            async () => await System.JobAsync(id) is var now && new[] { "b", "c" }.All(step => StepOf(now, step).GetProperty("status").GetString() == "succeeded"),
            "the other branches are done",
            TimeSpan.FromMinutes(1));
        await System.ParkedAsync(id, "e");
        await System.TellAsync(id, "approve", new { step = "e" });

        var job = await System.FinishedAsync(id);

        job.GetProperty("status").GetString().Should().Be("failed", job.ToString());
        var patch = System.Artifact(id, "patch.diff");
        (await repository.PatchedAsync(patch, "lines.txt")).Should().Be("one by b\ntwo\nthree\nfour by b\nfive\nsix\nseven by c\n");
        (await repository.PatchedAsync(patch, "a.txt")).Should().Be("from a\n");
        patch.Should().NotContain("e.txt", "it was not accepted");
        (await repository.PatchedAsync(System.Artifact(id, "steps/e/patch.diff"), "e.txt")).Should().Be("half\n");
        System.Artifact(id, "report.md").Should().Contain("it is kept in steps/e/patch.diff").And.NotContain("disagree");
    }

    [Fact]
    public async Task A_diamond_that_is_cancelled_at_its_join_hands_back_the_merge_of_its_branches()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", Lines));
        var id = await System.SubmitAsync("Not to its end.", repository,
            Step("a", "write path=a.txt text=from a", []),
            Step("b", $"write path=lines.txt text={Escaped(Lines.Replace("one", "one by b", StringComparison.Ordinal))}", ["a"]),
            Step("c", $"write path=lines.txt text={Escaped(Lines.Replace("seven", "seven by c", StringComparison.Ordinal))}", ["a"]),
            Step("d", "hang", ["b", "c"]));
        await Eventually.IsTrueAsync(async () => StepOf(await System.JobAsync(id), "d").GetProperty("status").GetString() == "running", "d runs", TimeSpan.FromMinutes(1));

        await System.TellAsync(id, "cancel", new { comment = "enough" });

        var job = await System.FinishedAsync(id);
        job.GetProperty("status").GetString().Should().Be("cancelled", job.ToString());
        (await repository.PatchedAsync(System.Artifact(id, "patch.diff"), "lines.txt")).Should().Be("one by b\ntwo\nthree\nfour\nfive\nsix\nseven by c\n");
        (await repository.PatchedAsync(System.Artifact(id, "patch.diff"), "a.txt")).Should().Be("from a\n");
    }

    private Task<string> ConflictAsync(SampleRepository repository, params Dictionary<string, object>[] last) =>
        System.SubmitAsync("Disagree.", repository,
        [
            Step("b", $"write path=b.txt text=only b\nwrite path=lines.txt text={Escaped(Lines.Replace("one", "by b", StringComparison.Ordinal))}", []),
            Step("c", $"write path=c.txt text=only c\nwrite path=lines.txt text={Escaped(Lines.Replace("one", "by c", StringComparison.Ordinal))}", []),
            .. last,
        ]);

    private static string Escaped(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);

    private static (DateTimeOffset Start, DateTimeOffset End) Span(JsonElement step) =>
        (step.GetProperty("started_at").GetDateTimeOffset(), step.GetProperty("finished_at").GetDateTimeOffset());
}
