using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;

namespace Orchestrator.UnitTests.Gateway.Artifacts;

public sealed class ArtifactEndpointTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task What_is_listed_can_be_downloaded_and_what_is_ours_is_neither()
    {
        var id = await gateway.SubmitAsync(new { goal = "Files." });
        await gateway.WriteArtifactAsync(id, "report.md", "# Done\n");
        await gateway.WriteArtifactAsync(id, "steps/01_plan/patch.diff", "diff --git a b\n");
        await gateway.WriteArtifactAsync(id, "steps/01_plan/raw/é n.bin", "raw");
        await gateway.WriteArtifactAsync(id, ".attempts/1/01_plan/1.1.1/logs.txt", "hidden");

        using var answer = await gateway.Admin.GetAsync($"/v1/jobs/{id}/artifacts");
        var list = (await answer.JsonAsync()).GetProperty("artifacts").EnumerateArray().ToList();

        list.Select(file => file.Text("path")).Should().BeEquivalentTo("job.json", "report.md", "steps/01_plan/patch.diff", "steps/01_plan/raw/é n.bin");
        foreach (var file in list)
        {
            using var download = await gateway.Admin.GetAsync(file.Text("href"));
            (await download.Content.ReadAsByteArrayAsync()).Should().HaveCount(file.GetProperty("bytes").GetInt32());
            download.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        }

        (await gateway.Admin.GetAsync($"/v1/jobs/{id}/artifacts/report.md")).Content.Headers.ContentType!.ToString().Should().Be("text/markdown; charset=utf-8");
        (await gateway.Admin.GetAsync($"/v1/jobs/{id}/artifacts/steps/01_plan/raw/%C3%A9%20n.bin")).Content.Headers.ContentType!.MediaType.Should().Be("application/octet-stream");
    }

    [Fact]
    public async Task A_part_of_a_file_can_be_asked_for()
    {
        var id = await gateway.SubmitAsync(new { goal = "Range." });
        await gateway.WriteArtifactAsync(id, "logs.txt", "0123456789");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/jobs/{id}/artifacts/logs.txt") { Headers = { Range = new RangeHeaderValue(3, 5) } };

        using var answer = await gateway.Admin.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        (await answer.Content.ReadAsStringAsync()).Should().Be("345");
    }

    [Fact]
    public async Task The_job_that_is_shown_is_the_one_that_was_accepted_whatever_a_late_writer_left()
    {
        var id = await gateway.SubmitAsync(new { goal = "The one." });
        await gateway.WriteArtifactAsync(id, "job.json", """{"goal": "Another one."}""");

        using var answer = await gateway.Admin.GetAsync($"/v1/jobs/{id}/artifacts/job.json");

        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        (await answer.JsonAsync()).Text("goal").Should().Be("The one.");
    }

    [Fact]
    public async Task No_path_leads_out_of_the_job_or_to_what_is_hidden()
    {
        var id = await gateway.SubmitAsync(new { goal = "Escape." });
        var other = await gateway.SubmitAsync(new { goal = "Other." });
        await File.WriteAllTextAsync(Path.Combine(gateway.ArtifactFolder, "outside.txt"), "secret");
        File.CreateSymbolicLink(Path.Combine(gateway.ArtifactFolder, id, "link.txt"), Path.Combine(gateway.ArtifactFolder, "outside.txt"));
        Directory.CreateSymbolicLink(Path.Combine(gateway.ArtifactFolder, id, "linked"), gateway.ArtifactFolder);
        var accepted = Path.GetFileName(Directory.EnumerateFiles(Path.Combine(gateway.ArtifactFolder, id), ".accepted-*").Single());
        string[] paths =
        [
            "../outside.txt", "..%2foutside.txt", "%2e%2e/outside.txt", "%2e%2e%2foutside.txt", "steps/../../outside.txt", "steps/./x", "steps//x", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd",
            "..\\outside.txt", "..%5coutside.txt", "job.json%00", "job.json%00.md", "%00", "job.json/", $"../{other}/job.json", $"..%2f{other}%2fjob.json", accepted, ".attempts/1/x", "steps/.git/config", $"%2e{accepted[1..]}",
            "%c0%ae%c0%ae/outside.txt", "%ed%a0%80", "%ff", new string('a', 300), string.Concat(Enumerable.Repeat("d/", 600)) + "x", ".tmp-x", "link.txt", "linked/outside.txt",
        ];

        foreach (var path in paths)
        {
            var (status, body) = await RawGetAsync($"/v1/jobs/{id}/artifacts/{path}");
            status.Should().BeOneOf([400, 404], path);
            body.Should().NotContain("secret", path).And.NotContain("\"goal\"", path);
        }

        gateway.Log.All.Should().NotContain(line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task The_state_of_a_running_job_is_a_file_like_the_others()
    {
        var id = await gateway.SubmitAsync(new { goal = "State." });

        await (await gateway.Admin.GetAsync($"/v1/jobs/{id}/artifacts/state.json")).ProblemAsync(HttpStatusCode.NotFound, "not_found");
        await gateway.TellAsync(
            new JobParked(await gateway.PipelineIdAsync(id), id, 1, "01_plan", ParkReason.ProviderLimit, "Full.", null, TimeProvider.System.GetUtcNow()), id, job => job.Text("status") == "parked");

        using var answer = await gateway.Admin.GetAsync($"/v1/jobs/{id}/artifacts/state.json");

        var state = await answer.JsonAsync();
        state.Text("status").Should().Be("running", "it goes on by itself");
        state.Text("reason").Should().Be("provider_limit");
        await (await gateway.Admin.GetAsync($"/v1/jobs/{id}/artifacts/nothing.md")).ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    /// <summary>A request as it is written: a client library would tidy the path up.</summary>
    private async Task<(int Status, string Body)> RawGetAsync(string path)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {GatewayHost.AdminToken}\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(stream).ReadToEndAsync();
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer);
    }
}
