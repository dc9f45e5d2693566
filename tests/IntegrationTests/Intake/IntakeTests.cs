using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.IntegrationTests.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.PublicExchanges;
using Orchestrator.TestServers;
using RabbitMQ.Client;

namespace Orchestrator.IntegrationTests.Intake;

/// <summary>Jobs that other systems publish, through the whole system.</summary>
[Collection(nameof(OneSystem))]
public sealed class IntakeTests(OneSystem one) : IAsyncLifetime
{
    private const string Steps = """[{"step_id": "work", "agent": "simulated", "role": "implementer", "prompt": "Write a note."}]""";
    private IConnection _connection = null!;
    private IChannel _channel = null!;
    private string _rejected = "";

    public async ValueTask InitializeAsync()
    {
        _connection = await one.System.Vhost.ConnectAsync();
        _channel = await _connection.CreateChannelAsync();
        _rejected = (await _channel.QueueDeclareAsync()).QueueName;
        await _channel.QueueBindAsync(_rejected, PublicExchange.JobRejected, "");
        await _channel.QueuePurgeAsync("gateway-intake.failed");
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.QueuePurgeAsync("gateway-intake.failed");
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task Every_form_of_a_message_becomes_a_job_that_completes()
    {
        var publisher = await PublisherAsync(OneSystem.ShopPublisher);
        var snake = Job("form-snake");
        await publisher.SendAsync(snake);
        await publisher.SendAsync(
            """{"goal": "Note.", "jobId": "form-camel", "projectId": "shop", "contextStrategy": "summarize", "metadata": {"keepMe": 1}, "steps": [{"stepId": "work", "agent": "simulated", "role": "implementer", "prompt": "Write.", "timeoutSec": 60}]}""",
            "application/json");
        await publisher.SendAsync(Job("form-binary"), "application/json", new Dictionary<string, string> { ["cloudEvents:specversion"] = "1.0", ["cloudEvents:id"] = "1", ["cloudEvents:source"] = "/ci", ["cloudEvents:type"] = "job" });
        await publisher.SendAsync($$"""{"specversion": "1.0", "id": "1", "source": "/other", "type": "job", "data": {{Job("form-structured")}}}""", "application/cloudevents+json; charset=utf-8");
        await publisher.SendAsync(
            $$"""{"specversion": "1.0", "id": "2", "source": "/other", "type": "job", "data_base64": "{{Convert.ToBase64String(Encoding.UTF8.GetBytes(Job("form-base64")))}}"}""", "application/cloudevents+json");
        await publisher.SendAsync(
            $$"""{"messageId": "7d0f0000-0000-0000-0000-000000000001", "messageType": ["urn:message:Company:JobSubmitted"], "message": {{Job("form-envelope")}}, "responseAddress": "exchange:budget"}""", "application/vnd.masstransit+json");
        await publisher.SendAsync("\uFEFF" + Job("form-marked"), "text/plain");

        foreach (var id in (string[])["form-snake", "form-camel", "form-binary", "form-structured", "form-base64", "form-envelope", "form-marked"])
        {
            await ExistsAsync(id);
            var job = await one.System.FinishedAsync(id);
            job.GetProperty("status").GetString().Should().Be("completed", job.ToString());
            job.GetProperty("source").GetString().Should().Be("event");
            job.GetProperty("actor").GetString().Should().Be($"broker:{OneSystem.ShopPublisher}");
            job.GetProperty("project_id").GetString().Should().Be("shop");
        }

        one.System.Artifact("form-camel", "job.json").Should().Contain("keepMe").And.Contain("\"timeout_sec\": 60").And.Contain("summarize");
        (await _channel.BasicGetAsync(_rejected, autoAck: true)).Should().BeNull();
    }

    [Theory]
    [InlineData("broken", "{ \"goal\": ", "invalid_json")]
    [InlineData("foreign", """{"foo": 1}""", "required")]
    [InlineData("empty", "", "invalid_json")]
    [InlineData("list", "[]", "")]
    [InlineData("null", "null", "")]
    [InlineData("types", """{"goal": 5, "tags": "a"}""", "wrong_type")]
    [InlineData("no goal", "{}", "required")]
    [InlineData("nul", """{"goal": "a\u0000b"}""", "invalid_text")]
    [InlineData("half a character", """{"goal": "a\ud800b"}""", "invalid_text")]
    [InlineData("half an id", """{"specversion": "1.0", "id": "\ud800", "source": "/x", "type": "job", "data": {"goal": "x"}}""", "invalid_json")]
    [InlineData("half a job id", """{"goal": "x", "job_id": "\udc00aaaaaaa"}""", "invalid_text")]
    [InlineData("event without data", """{"specversion": "1.0", "id": "9", "source": "/x", "type": "job"}""", "required")]
    [InlineData("envelope without job", """{"messageType": ["urn:message:X:Y"], "message": {}}""", "required")]
    [InlineData("unknown project", """{"goal": "x", "project_id": "nosuch"}""", "unknown_project")]
    [InlineData("unknown agent", """{"goal": "x", "steps": [{"step_id": "a", "agent": "nobody", "role": "planner", "prompt": "p"}]}""", "unknown_agent")]
    [InlineData("closed callback", """{"goal": "x", "callback_url": "http://169.254.169.254/latest"}""", "invalid_value")]
    public async Task What_is_no_job_is_kept_with_its_reason_and_told_to_its_publisher(string name, string body, string code)
    {
        var publisher = await PublisherAsync(OneSystem.AnyPublisher);

        await publisher.SendAsync(body);

        await RejectedAsync(Encoding.UTF8.GetBytes(body), code, OneSystem.AnyPublisher, name);
    }

    [Fact]
    public async Task Bytes_and_bodies_that_are_too_large_are_refused_like_everything_else()
    {
        var publisher = await PublisherAsync(OneSystem.AnyPublisher);
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(number => (byte)number)];
        var large = Encoding.UTF8.GetBytes($$"""{"goal": "{{new string('x', 300_000)}}"}""");

        await publisher.SendAsync(bytes, ";;; not a type", new Dictionary<string, string> { ["MT-Fault-Address"] = "exchange:budget" });
        await RejectedAsync(bytes, "invalid_json", OneSystem.AnyPublisher, "bytes");
        await publisher.SendAsync(large);

        await RejectedAsync(large, "too_large", OneSystem.AnyPublisher, "large");
    }

    [Fact]
    public async Task A_user_gets_only_the_projects_that_the_operator_gave_him()
    {
        var body = """{"goal": "x", "project_id": "shop"}""";
        var stranger = await PublisherAsync("intake-stranger");
        await stranger.SendAsync(body);
        await RejectedAsync(Encoding.UTF8.GetBytes(body), "project_not_allowed", "intake-stranger", "a user without a project");

        var shop = await PublisherAsync(OneSystem.ShopPublisher);
        var other = """{"goal": "x", "project_id": "bank"}""";
        await shop.SendAsync(other);
        await RejectedAsync(Encoding.UTF8.GetBytes(other), "project_not_allowed", OneSystem.ShopPublisher, "another project");

        await shop.SendAsync(Encoding.UTF8.GetBytes(body), named: false);
        await RejectedAsync(Encoding.UTF8.GetBytes(body), "project_not_allowed", null, "nobody");
    }

    [Fact]
    public async Task A_job_id_that_is_known_is_rejected_as_duplicate_and_a_repeated_message_is_the_same_job()
    {
        var publisher = await PublisherAsync(OneSystem.ShopPublisher);
        await publisher.SendAsync(Job("known-id"));
        await ExistsAsync("known-id");
        var again = Job("known-id");

        await publisher.SendAsync(again);
        await RejectedAsync(Encoding.UTF8.GetBytes(again), "duplicate", OneSystem.ShopPublisher, "known id");

        var tag = Guid.NewGuid().ToString("N");
        var body = $$"""{"goal": "x", "tags": ["{{tag}}"]}""";
        await publisher.SendAsync(body, messageId: $"m-{tag}");
        await publisher.SendAsync(body, messageId: $"m-{tag}");
        await publisher.SendAsync(body + " ", messageId: $"m-{tag}");
        await RejectedAsync(Encoding.UTF8.GetBytes(body + " "), "message_id_reused", OneSystem.ShopPublisher, "reused message id");
        (await CountAsync(tag)).Should().Be(1);

        await publisher.SendAsync(body);
        await publisher.SendAsync(body);
        await Eventually.IsTrueAsync(async () => await CountAsync(tag) == 3, "two publishes without an id are two jobs, equal or not");
    }

    private static string Job(string id) => $$"""{"goal": "Note.", "job_id": "{{id}}", "project_id": "shop", "steps": {{Steps}}}""";

    private async Task<Publisher> PublisherAsync(string user) => new(await one.System.Vhost.AddUserAsync(user));

    private Task ExistsAsync(string id) => Eventually.IsTrueAsync(
        async () =>
        {
            using var answer = await one.System.Http.GetAsync($"/v1/jobs/{id}");
            return answer.IsSuccessStatusCode;
        },
        $"job {id}", TimeSpan.FromMinutes(1));

    private async Task<int> CountAsync(string tag) => (await one.System.Http.GetStringAsync($"/v1/jobs?tag={tag}")).Split("\"job_id\"").Length - 1;

    private async Task RejectedAsync(byte[] body, string code, string? publisher, string because)
    {
        var failed = await one.System.Vhost.TakeNextAsync("gateway-intake.failed", TimeSpan.FromMinutes(1));
        failed.Body.ToArray().Should().Equal(body, because);
        IntakeGateTests.Header(failed, FailureHeaders.Code).Should().Be("rejected", because);
        IntakeGateTests.Header(failed, FailureHeaders.Reason).Should().StartWith(code, because);
        var told = await Eventually.GetAsync(() => _channel.BasicGetAsync(_rejected, autoAck: true), $"job-rejected for {because}", TimeSpan.FromMinutes(1));
        using var reason = JsonDocument.Parse(told.Body);
        reason.RootElement.GetProperty("code").GetString().Should().StartWith(code, because);
        reason.RootElement.GetProperty("reasons")[0].GetProperty("path").GetString().Should().StartWith("$");
        reason.RootElement.GetProperty("reasons")[0].GetProperty("hint").GetString().Should().NotBeEmpty();
        reason.RootElement.GetProperty("publisher").GetString().Should().Be(publisher);
        IntakeGateTests.Header(told, "cloudEvents_type").Should().Be(PublicExchange.JobRejected);
        (await _channel.BasicGetAsync(_rejected, autoAck: true)).Should().BeNull("one refusal is told once");
    }
}
