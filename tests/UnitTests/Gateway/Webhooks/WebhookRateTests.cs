using System.Net;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Gateway.Webhooks;

public sealed class WebhookRateTests
{
    [Fact]
    public async Task Over_the_rate_of_a_token_comes_429_with_the_seconds_to_wait_and_other_tokens_go_on()
    {
        await using var gateway = await GatewayHost.StartAsync(("Gateway:RequestsPerToken", "3"));
        using var other = await gateway.ClientOfAsync(["submit"], "*");
        for (var i = 0; i < 2; i++)
            (await gateway.Admin.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""))).StatusCode.Should().Be(HttpStatusCode.OK);

        using var over = await gateway.Admin.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""));

        await over.ProblemAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        over.Headers.RetryAfter!.Delta!.Value.TotalSeconds.Should().BeInRange(1, 20, "a token comes back every 20 s");
        (await other.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""))).StatusCode.Should().Be(HttpStatusCode.OK);
        (await gateway.Admin.GetAsync("/health/live")).StatusCode.Should().Be(HttpStatusCode.OK, "probes are never limited");
    }

    [Fact]
    public async Task Tokens_that_nobody_made_are_limited_by_address_whatever_they_say_of_where_they_come_from()
    {
        await using var gateway = await GatewayHost.StartAsync(("Gateway:RequestsPerAddress", "5"));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            using var guess = gateway.Client($"orch_guess_number_{i}");
            guess.DefaultRequestHeaders.Add("X-Forwarded-For", $"198.51.100.{i}");
            using var answer = await guess.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""));
            answers.Add(answer.StatusCode);
        }

        answers.Count(status => status == HttpStatusCode.Forbidden).Should().Be(5);
        answers.Count(status => status == HttpStatusCode.TooManyRequests).Should().Be(7);
        gateway.Log.Named("refused").Should().OnlyContain(line => line.Fields["Address"] == "127.0.0.1");
        gateway.Log.All.Should().NotContain(line => line.Text.Contains("orch_guess", StringComparison.Ordinal), "a token is never logged");
    }

    [Fact]
    public async Task A_proxy_that_the_operator_names_says_where_a_request_comes_from()
    {
        await using var gateway = await GatewayHost.StartAsync(("Gateway:TrustedProxies:0", "127.0.0.0/8"));
        gateway.Admin.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.99, 198.51.100.7");

        (await gateway.Admin.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""))).StatusCode.Should().Be(HttpStatusCode.OK);

        gateway.Log.Named("submission").Should().ContainSingle().Which.Fields["Address"].Should().Be("198.51.100.7", "only the nearest proxy is believed");
    }
}
