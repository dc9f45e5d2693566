using System.Net;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.TestServers.Processes;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.IntegrationTests.Intake;

[Collection(nameof(OneSystem))]
public sealed class CallbackJourneyTests(OneSystem one)
{
    [Theory]
    [InlineData("Write a note.", false, "completed", "success")]
    [InlineData("simulate: fail", false, "failed", "failed")]
    [InlineData("simulate: hang", true, "cancelled", "cancelled")]
    public async Task The_result_reaches_the_callback_at_every_end_of_a_job(string prompt, bool cancel, string state, string status)
    {
        using var receiver = new HttpListener();
        var url = $"http://127.0.0.1:{FreePort.Find(1)[0]}/";
        receiver.Prefixes.Add(url);
        receiver.Start();
        var called = receiver.GetContextAsync();
        var id = await one.System.SubmitAsync(new
        {
            goal = "Call back.",
            callback_url = $"{url}hook",
            steps = new[] { new { step_id = "work", agent = "simulated", role = "implementer", prompt, max_retries = 0 } },
        });
        if (cancel)
        {
            using var answer = await one.System.Http.PostAsync($"/v1/jobs/{id}/cancel", new StringContent("{}", Encoding.UTF8, "application/json"));
            answer.IsSuccessStatusCode.Should().BeTrue();
        }

        var call = await called.WaitAsync(TimeSpan.FromMinutes(2));

        using var body = await JsonDocument.ParseAsync(call.Request.InputStream);
        call.Response.StatusCode = 204;
        call.Response.Close();
        body.RootElement.GetProperty("type").GetString().Should().Be($"orchestrator.job-{state}");
        var result = body.RootElement.GetProperty("data");
        DocumentSchema.Result.Check(result).Should().BeEmpty();
        result.GetProperty("job_id").GetString().Should().Be(id);
        result.GetProperty("status").GetString().Should().Be(status);
        await TestServers.Eventually.IsTrueAsync(
            async () => (await one.System.JobAsync(id)).GetProperty("callback").GetProperty("status").GetString() == "delivered", "the callback is noted as delivered", TimeSpan.FromMinutes(1));
    }
}
