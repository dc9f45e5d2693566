using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Orchestrator.TestServers.Systems;
using static Orchestrator.IntegrationTests.Journeys.JourneyJobs;

namespace Orchestrator.IntegrationTests.Journeys;

/// <summary>Work that holds a secret, on real parts.</summary>
[Collection(nameof(OneSystem))]
public sealed partial class SecretTests(OneSystem one)
{
    private RunningSystem System => one.System;

    [Fact]
    public async Task Work_that_holds_a_secret_is_withheld_until_it_is_released_and_is_not_done_again()
    {
        var repository = await SampleRepository.CreateAsync(System, ("lines.txt", "one\n"));
        var token = $"ghp_{RandomNumberGenerator.GetString("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 36)}";
        var id = await System.SubmitAsync("Leave a token behind.", repository,
            Step("work", $"write path=config/ci.env text=GITHUB_TOKEN={token}", []),
            Step("check", "report text=read it", ["work"], "reviewer"));

        var parked = await System.ParkedAsync(id, "work");

        parked.GetProperty("reason").GetString().Should().Be("secret_in_output");
        var detail = parked.GetProperty("detail").GetString()!;
        detail.Should().Contain("config/ci.env:1").And.NotContain(token[4..12]);
        (await SeenAsync(id)).Should().NotContain(token[4..12]);
        await System.TellAsync(id, "release", new { fingerprints = new[] { Fingerprint().Match(detail).Groups[1].Value }, comment = "a key for tests" });

        var job = await System.CompletedAsync(id);
        (await repository.PatchedAsync(System.Artifact(id, "patch.diff"), "config/ci.env")).Should().Be($"GITHUB_TOKEN={token}\n");
        job.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("attempt").GetInt32()).Should().Equal(1, 1);
        System.Result(id).GetProperty("secrets_check").GetString().Should().Be("passed");
    }

    /// <summary>All that the door shows of the job, every file included but the job itself: that is as it was sent.</summary>
    private async Task<string> SeenAsync(string id)
    {
        var list = await System.Http.GetStringAsync($"/v1/jobs/{id}/artifacts");
        var texts = new List<string> { list, (await System.JobAsync(id)).ToString() };
        foreach (var href in Href().Matches(list).Where(href => !href.Value.Contains("job.json", StringComparison.Ordinal)))
            texts.Add(await System.Http.GetStringAsync(href.Groups[1].Value));
        return string.Join('\n', texts);
    }

    [GeneratedRegex("\\(fingerprint ([0-9a-f]{16})\\)")]
    private static partial Regex Fingerprint();

    [GeneratedRegex("\"href\":\"([^\"]+)\"")]
    private static partial Regex Href();
}
