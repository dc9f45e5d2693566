using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.IntegrationTests.Journeys;
using Orchestrator.IntegrationTests.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Systems;
using RabbitMQ.Client;
using static Orchestrator.IntegrationTests.Journeys.JourneyJobs;

namespace Orchestrator.IntegrationTests;

[Collection(nameof(OneSystem))]
public sealed class WholeSystemTests(OneSystem one)
{
    private static readonly string[] Durable = ["gateway-intake", "gateway-events", "pipeline", "planner-runner", "implementer-runner", "reviewer-runner", "budget", "scheduler"];

    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_processes_of_every_service_share_the_queues_and_a_job_goes_through_all_three_runners()
    {
        await using var system = await RunningSystem.StartAsync(replicas: 2);

        var id = await system.SubmitAsync(new { goal = "Write a note." });
        var job = await system.FinishedAsync(id);

        job.GetProperty("status").GetString().Should().Be("completed", job.ToString());
        using var result = JsonDocument.Parse(system.Artifact(id, "result.json"));
        result.RootElement.GetProperty("status").GetString().Should().Be("success");
        result.RootElement.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("role").GetString())
            .Should().Equal("planner", "implementer", "reviewer");
        var graph = await system.CompletedAsync(await system.SubmitAsync("Two branches on two processes each.", null,
            Step("a", "write path=a.txt text=a", []), Step("b", "write path=b.txt text=b", ["a"]), Step("c", "write path=c.txt text=c", ["a"]), Step("d", "append path=d.txt text=d", ["b", "c"])));
        foreach (var file in "abcd")
            system.Artifact(graph.GetProperty("job_id").GetString()!, "patch.diff").Should().Contain($"+++ b/{file}.txt");
        foreach (var queue in Durable)
        {
            await Eventually.IsTrueAsync(async () => (await system.Vhost.NumbersAsync(queue)).Consumers >= 2, $"two consumers on {queue}", TimeSpan.FromMinutes(2));
            (await system.Vhost.QueueAsync(queue)).GetProperty("type").GetString().Should().Be("quorum");
        }
    }

    [Fact]
    public async Task A_bad_message_to_each_endpoint_reaches_its_own_failed_queue_and_a_good_job_still_goes()
    {
        var system = one.System;
        await using var connection = await system.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();

        var bad = Durable.ToDictionary(queue => queue, queue => $"{{ this is no message for {queue}, {Guid.NewGuid():N}");
        foreach (var (queue, body) in bad)
            await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes(body));

        foreach (var (queue, body) in bad)
        {
            var failed = await system.Vhost.TakeNextAsync($"{queue}.failed", TimeSpan.FromSeconds(30));
            while (Encoding.UTF8.GetString(failed.Body.Span) != body)
                failed = await system.Vhost.TakeNextAsync($"{queue}.failed", TimeSpan.FromSeconds(30));
            IntakeGateTests.Header(failed, FailureHeaders.Reason).Should().NotBeNullOrEmpty($"{queue}.failed says why");
        }

        var job = await system.FinishedAsync(await system.SubmitAsync(new { goal = "Still there?" }));
        job.GetProperty("status").GetString().Should().Be("completed", job.ToString());
    }

    [Fact]
    public async Task A_runner_that_is_killed_in_the_middle_of_a_step_costs_a_launch_and_not_the_job()
    {
        var system = one.System;
        var id = await system.SubmitAsync(new
        {
            goal = "Survive.",
            steps = new[] { new { step_id = "work", agent = "simulated", role = "implementer", prompt = "simulate: sleep 4s", timeout_sec = 60 } },
        });
        await Eventually.IsTrueAsync(async () => StepStatus(await system.JobAsync(id)) == "running", "the step runs", TimeSpan.FromMinutes(2));

        await system.KillAsync(system.Of("ImplementerRunner"));
        system.Start("ImplementerRunner");

        var job = await system.FinishedAsync(id);
        job.GetProperty("status").GetString().Should().Be("completed", job.ToString());
        JsonDocument.Parse(system.Artifact(id, "result.json")).RootElement.GetProperty("steps")[0].GetProperty("attempts").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task Cancel_reaches_a_running_agent_within_two_seconds()
    {
        var system = one.System;
        var id = await system.SubmitAsync(new
        {
            goal = "Hang.",
            steps = new[] { new { step_id = "work", agent = "simulated", role = "implementer", prompt = "simulate: hang", timeout_sec = 60 } },
        });
        await Eventually.IsTrueAsync(async () => StepStatus(await system.JobAsync(id)) == "running", "the step runs", TimeSpan.FromMinutes(2));

        using var answer = await system.Http.PostAsync($"/v1/jobs/{id}/cancel", JsonContent("""{"comment": "enough"}"""));
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());

        var job = await system.FinishedAsync(id, TimeSpan.FromSeconds(2));
        job.GetProperty("status").GetString().Should().Be("cancelled");
    }

    private static string? StepStatus(JsonElement job) =>
        job.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("status").GetString()).FirstOrDefault();

    private static StringContent JsonContent(string text) => new(text, Encoding.UTF8, "application/json");
}
