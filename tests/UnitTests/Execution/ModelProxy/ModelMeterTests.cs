using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Agents.Prices;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.FakeModel;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.UnitTests.Execution.ModelProxy;

public sealed class ModelMeterTests : IAsyncLifetime
{
    // claude-sonnet-4-5: 3, 0.3, 3.75 and 15 micro-dollars a token; gpt-5: 1.25, 0.125 and 10.
    private const string Claude = "claude-sonnet-4-5";
    private const string Gpt = "gpt-5";
    private const long ClaudeReply = (1000 * 3) + 600 + 150 + (100 * 15);

    private static readonly ModelTurn Reply = new() { Text = "Done.", Usage = new ModelUsage { Input = 1000, CacheRead = 2000, CacheWrite = 40, Output = 100 } };

    private FakeModelServer model = null!;
    private ModelRelays relays = null!;

    public async ValueTask InitializeAsync()
    {
        model = await FakeModelServer.StartAsync(new ModelScript { End = Reply });
        var options = new ModelsOptions { Anthropic = new ModelUpstream { BaseUrl = model.Url }, OpenAi = new ModelUpstream { BaseUrl = model.Url } };
        relays = new ModelRelays(Options.Create(options), PriceList.BuiltIn(), TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        relays.Dispose();
        await model.DisposeAsync();
    }

    [Theory]
    [InlineData(ModelApi.Anthropic, "/v1/messages", Claude, true, 40, ClaudeReply)]
    [InlineData(ModelApi.Anthropic, "/v1/messages", Claude, false, 40, ClaudeReply)]
    [InlineData(ModelApi.OpenAi, "/v1/responses", Gpt, true, 0, (1040 * 1.25) + 250 + 1000)]
    [InlineData(ModelApi.OpenAi, "/v1/responses", Gpt, false, 0, (1040 * 1.25) + 250 + 1000)]
    [InlineData(ModelApi.OpenAi, "/v1/chat/completions", Gpt, true, 0, (1040 * 1.25) + 250 + 1000)]
    [InlineData(ModelApi.OpenAi, "/v1/chat/completions", Gpt, false, 0, (1040 * 1.25) + 250 + 1000)]
    public async Task A_call_is_counted_and_priced_as_it_passes(ModelApi api, string path, string name, bool stream, int written, double microUsd)
    {
        await using var relay = await relays.StartAsync(api, null, null, CancellationToken.None);

        (await AskAsync(relay, path, name, stream)).Should().Be(HttpStatusCode.OK);
        await relay.EndAsync();

        var call = relay.Meter.Calls.Should().ContainSingle().Which;
        call.Should().BeEquivalentTo(new { Path = path, Status = 200, Model = name, IsEstimated = false, CostMicroUsd = (decimal)microUsd });
        call.Tokens.Should().Be(new TokenCount(1040 - written, 2000, written, 100));
    }

    [Fact]
    public async Task Calls_are_refused_once_the_cap_is_spent_and_the_launch_ends_as_capped()
    {
        const long Long = (1000 * 3) + 600 + 150 + (2000 * 15);
        model.Script = new ModelScript { End = Reply with { Usage = Reply.Usage with { Output = 2000 } } };
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, 60_000, CancellationToken.None);

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
            answers.Add(await AskAsync(relay, "/v1/messages", Claude, stream: true));
        await relay.EndAsync();
        var result = relay.Meter.Complete(new AgentResult { Outcome = StepOutcome.Succeeded, Usage = new AgentUsage { CostMicroUsd = 7 } });

        answers.Should().Equal(HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden);
        (result.Outcome, result.ErrorCode, result.Usage.Calls, result.Usage.CostMicroUsd).Should().Be((StepOutcome.FailedForGood, ErrorCodes.CostCapReached, 2, 2 * Long));
        result.Notices.Should().ContainSingle().Which.Should().Contain("By the agent's own count");
        relay.Meter.Calls.Select(call => call.Status).Should().Equal(200, 200, 403, 403);
        Limits().Should().SatisfyRespectively(
            first => first.Should().BeInRange(3500, 4000, "60,000 micro-dollars pay for that many at 15 each"),
            second => second.Should().BeInRange(1500, 1750, "what the first left does"));
    }

    [Fact]
    public async Task Calls_side_by_side_do_not_spend_the_same_money()
    {
        model.Script = new ModelScript { End = Reply with { DelayMs = 700 } };
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, 60_000, CancellationToken.None);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AskAsync(relay, "/v1/messages", Claude, stream: true)));
        await relay.EndAsync();

        answers.Should().OnlyContain(answer => answer == HttpStatusCode.OK, "each waits for what the one before holds");
        Limits().Should().BeInDescendingOrder().And.OnlyHaveUniqueItems();
        relay.Meter.IsCapReached.Should().BeFalse();
    }

    [Fact]
    public async Task An_answer_that_the_cap_cut_short_is_no_success()
    {
        await using var relay = await relays.StartAsync(ModelApi.OpenAi, null, 20_000, CancellationToken.None);
        model.Script = new ModelScript { End = Reply with { StoppedAtLimit = true } };

        (await AskAsync(relay, "/v1/chat/completions", Gpt, stream: true)).Should().Be(HttpStatusCode.OK);
        await relay.EndAsync();

        relay.Meter.Complete(new AgentResult { Outcome = StepOutcome.Succeeded }).ErrorCode.Should().Be(ErrorCodes.CostCapReached);
    }

    [Theory]
    [InlineData("""{"model":"unheard-of","messages":[]}""", HttpStatusCode.Forbidden, "has no price")]
    [InlineData("""{"messages":[]}""", HttpStatusCode.BadRequest, "model must be")]
    [InlineData("""{"model":"claude-haiku-4-5","model":"claude-opus-4-5"}""", HttpStatusCode.BadRequest, "twice")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":1e5}""", HttpStatusCode.BadRequest, "whole number")]
    [InlineData("""{"model":"claude-sonnet-4-5","background":true}""", HttpStatusCode.BadRequest, "background")]
    [InlineData("""{"model":"claude-sonnet-4-5","n":100}""", HttpStatusCode.BadRequest, "n must be 1")]
    [InlineData("not JSON", HttpStatusCode.BadRequest, "one JSON object")]
    public async Task What_cannot_be_counted_does_not_pass(string body, HttpStatusCode status, string why)
    {
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        using var answer = await SendAsync(relay, "/v1/messages", body, patience: 30);

        answer.StatusCode.Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(why);
        model.Seen.Should().BeEmpty();
        relay.Meter.Calls.Should().ContainSingle().Which.CostMicroUsd.Should().Be(0);
    }

    [Fact]
    public async Task Thinking_is_limited_with_the_answer()
    {
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, 60_000, CancellationToken.None);

        using var answer = await SendAsync(relay, "/v1/messages", """{"model":"claude-sonnet-4-5","max_tokens":32000,"thinking":{"type":"enabled","budget_tokens":31999},"messages":[{"role":"user","content":"hello"}]}""", patience: 30);

        var seen = JsonNode.Parse(model.Seen.Single().Body)!;
        seen["thinking"]!["budget_tokens"]!.GetValue<long>().Should().Be(seen["max_tokens"]!.GetValue<long>() - 1024);
    }

    [Fact]
    public async Task An_answer_that_is_asked_for_and_not_waited_for_is_paid_for()
    {
        model.Script = new ModelScript { End = Reply with { DelayMs = 20_000 } };
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        await ((Func<Task>)(() => AskAsync(relay, "/v1/messages", Claude, stream: false, patience: 1))).Should().ThrowAsync<OperationCanceledException>();
        await relay.EndAsync();

        relay.Meter.Calls.Should().ContainSingle().Which.Should().BeEquivalentTo(new { IsEstimated = true, Tokens = new { Output = 32_000L } });
    }

    [Fact]
    public async Task A_reply_that_breaks_off_is_paid_for_and_marked_and_a_failed_call_costs_nothing()
    {
        model.Script = new ModelScript { Failures = [new ModelFailure { Status = 500 }], End = Reply with { Fault = ModelFault.HangMidStream } };
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        await AskAsync(relay, "/v1/messages", Claude, stream: true);
        await ((Func<Task>)(() => AskAsync(relay, "/v1/messages", Claude, stream: true, patience: 1))).Should().ThrowAsync<OperationCanceledException>("the agent gives it up");
        await relay.EndAsync();

        relay.Meter.Calls.Should().SatisfyRespectively(
            failed => (failed.Status, failed.CostMicroUsd, failed.IsEstimated).Should().Be((500, 0, false)),
            cut =>
            {
                cut.IsEstimated.Should().BeTrue();
                cut.Tokens.Input.Should().Be(1000);
                cut.CostMicroUsd.Should().BePositive();
            });
    }

    [Fact]
    public async Task A_call_that_is_open_when_the_launch_ends_is_counted()
    {
        model.Script = new ModelScript { End = Reply with { Fault = ModelFault.HangMidStream } };
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);
        var open = AskAsync(relay, "/v1/messages", Claude, stream: true);
        await Eventually.IsTrueAsync(() => Task.FromResult(model.Seen.Count == 1));
        await Task.Delay(300, TestContext.Current.CancellationToken);

        await relay.EndAsync();

        relay.Meter.Calls.Should().ContainSingle().Which.CostMicroUsd.Should().BePositive();
        await ((Func<Task>)(() => open)).Should().ThrowAsync<Exception>();
    }

    private long[] Limits() => [.. model.Seen.Select(request => JsonNode.Parse(request.Body)!["max_tokens"]!.GetValue<long>())];

    private static async Task<HttpStatusCode> AskAsync(ModelRelay relay, string path, string name, bool stream, int patience = 30)
    {
        var body = JsonSerializer.Serialize(new { model = name, stream, max_tokens = 32_000, tools = new[] { new { name = "Read" } }, messages = new[] { new { role = "user", content = "hello" } }, input = Array.Empty<string>() });
        using var answer = await SendAsync(relay, path, body, patience);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(ModelRelay relay, string path, string body, int patience)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(patience) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(relay.Url, path));
        request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation("x-api-key", relay.Placeholder);
        return await client.SendAsync(request);
    }
}
