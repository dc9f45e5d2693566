using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AwesomeAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Agents.Prices;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Sandbox;
using Orchestrator.FakeModel;
using Orchestrator.FakeModel.Script;
using Orchestrator.UnitTests.Execution.Sandbox;

namespace Orchestrator.UnitTests.Execution.ModelProxy;

public sealed class ModelRelayTests : IAsyncLifetime
{
    private const string Key = "sk-real-key-of-the-host";
    private const string Ask = """{"model":"claude-sonnet-4-5","stream":true,"tools":[{"name":"Read"}],"messages":[{"role":"user","content":"hello"}],"input":[]}""";

    private readonly TempFolder folder = new();
    private FakeModelServer model = null!;

    public async ValueTask InitializeAsync()
    {
        model = await FakeModelServer.StartAsync(new ModelScript { Key = Key });
        await File.WriteAllTextAsync(folder.Join("model_key"), $"{Key}\n");
    }

    public async ValueTask DisposeAsync()
    {
        await model.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(ModelApi.Anthropic, "/v1/messages?beta=true", "x-api-key")]
    [InlineData(ModelApi.OpenAi, "/v1/responses", "Authorization")]
    [InlineData(ModelApi.OpenAi, "/v1/chat/completions", "Authorization")]
    public async Task The_placeholder_is_swapped_for_the_key_outside_the_box(ModelApi api, string path, string header)
    {
        using var relays = Relays();
        await using var relay = await relays.StartAsync(api, null, null, CancellationToken.None);

        using var answer = await AskAsync(relay, path, header, relay.Placeholder);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("Done.");
        model.Seen.Should().ContainSingle().Which.Key.Should().Be(Key);
        relay.Placeholder.Should().NotContain(Key);
    }

    [Fact]
    public async Task A_key_that_is_not_the_launchs_own_opens_nothing()
    {
        using var relays = Relays();
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);
        await using var other = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        foreach (var key in new[] { other.Placeholder, "", Key })
        {
            using var answer = await AskAsync(relay, "/v1/messages", "x-api-key", key);
            answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        model.Seen.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/v1/files")]
    [InlineData("/v1/messages/batches")]
    [InlineData("/v1/organizations/users")]
    [InlineData("/v1/messages/../files")]
    [InlineData("/V1/messages")]
    [InlineData("/")]
    public async Task Only_the_calls_that_agents_need_pass(string path)
    {
        using var relays = Relays();
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        using var answer = await AskAsync(relay, path, "x-api-key", relay.Placeholder);

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        model.Seen.Should().BeEmpty();
    }

    [Fact]
    public async Task An_answer_streams_through_while_the_model_still_speaks()
    {
        model.Script = model.Script with { Turns = [new ModelTurn { Text = "first words", Fault = ModelFault.HangMidStream }] };
        using var relays = Relays();
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        using var answer = await AskAsync(relay, "/v1/messages", "x-api-key", relay.Placeholder);
        using var body = new StreamReader(await answer.Content.ReadAsStreamAsync());

        (await body.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20))).Should().Be("event: message_start");
    }

    [Fact]
    public async Task The_newest_refusal_and_its_end_are_remembered_until_a_good_answer()
    {
        model.Script = model.Script with { Failures = [new ModelFailure { Status = 429, RetryAfter = 120 }, new ModelFailure { Status = 529 }] };
        using var relays = Relays();
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);
        var refusals = new List<ModelRefusal?>();

        for (var i = 0; i < 3; i++)
        {
            using var answer = await AskAsync(relay, "/v1/messages", "x-api-key", relay.Placeholder);
            refusals.Add(relay.LastRefusal);
        }

        refusals[0]!.Status.Should().Be(429);
        refusals[0]!.RetryAt.Should().BeCloseTo(TimeProvider.System.GetUtcNow().AddSeconds(120), TimeSpan.FromSeconds(30));
        refusals[1].Should().Be(new ModelRefusal(529, null));
        refusals[2].Should().BeNull();
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_a_refusal_too()
    {
        using var relays = Relays(new Uri("http://127.0.0.1:1"));
        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        using var answer = await AskAsync(relay, "/v1/messages", "x-api-key", relay.Placeholder);

        answer.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        relay.LastRefusal.Should().Be(new ModelRefusal(502, null));
    }

    [Fact]
    public async Task From_a_box_without_network_only_the_model_is_reached_and_the_key_is_nowhere_in_it()
    {
        using var box = new BoxFixture();
        using var relays = Relays();
        var socket = Path.Join(box.Root, "model.sock");
        await using (var relay = await relays.StartAsync(ModelApi.Anthropic, socket, null, CancellationToken.None))
        {
            relay.Url.Should().Be(BoxLayout.RelayUrl);
            File.GetUnixFileMode(socket).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var environment = new Dictionary<string, string> { ["ANTHROPIC_API_KEY"] = relay.Placeholder };

            var (_, output) = await box.ShellAsync(
                $$"""
                exec 3<>/dev/tcp/127.0.0.1/18080
                printf 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\nContent-Type: application/json\r\nContent-Length: {{Ask.Length}}\r\nConnection: close\r\n\r\n%s' "$ANTHROPIC_API_KEY" '{{Ask}}' >&3
                head -1 <&3
                (exec 4<>/dev/tcp/127.0.0.1/{{model.Url.Port}}) 2>/dev/null && echo reached the model itself
                cat /proc/*/environ /proc/*/cmdline 2>/dev/null | grep -c 'sk-rea[l]'
                grep -rc 'sk-rea[l]' "$HOME" "$TMPDIR" . /run /tmp 2>/dev/null | grep -v ':0$'
                """,
                box.Layout(modelSocket: socket), environment: environment);

            output.Should().Be("HTTP/1.1 200 OK\r\n0\n");
            model.Seen.Should().ContainSingle().Which.Key.Should().Be(Key);
        }

        File.Exists(socket).Should().BeFalse();
    }

    [Fact]
    public async Task A_missing_or_empty_key_is_named_and_a_rotated_one_needs_no_restart()
    {
        using var relays = Relays();
        await File.WriteAllTextAsync(folder.Join("model_key"), "\n");
        var empty = () => relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);
        await empty.Should().ThrowAsync<ModelKeyMissingException>().WithMessage("Models:Anthropic:Secret names 'model_key'*put the key there.");
        File.Delete(folder.Join("model_key"));
        await empty.Should().ThrowAsync<ModelKeyMissingException>();
        await File.WriteAllTextAsync(folder.Join("model_key"), Key);

        await using var relay = await relays.StartAsync(ModelApi.Anthropic, null, null, CancellationToken.None);

        using var answer = await AskAsync(relay, "/v1/messages", "x-api-key", relay.Placeholder);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_socket_path_that_the_kernel_would_cut_is_refused()
    {
        using var relays = Relays();

        var start = () => relays.StartAsync(ModelApi.Anthropic, folder.Join(new string('x', 100)), null, CancellationToken.None);

        await start.Should().ThrowAsync<ArgumentException>().WithMessage("*107 bytes*shorter work folder*");
    }

    private static async Task<HttpResponseMessage> AskAsync(ModelRelay relay, string path, string header, string key)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(relay.Url.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = new StringContent(Ask, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation(header, header == "x-api-key" ? key : $"Bearer {key}");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private ModelRelays Relays(Uri? upstream = null)
    {
        var options = new ModelsOptions { SecretsFolder = folder.Path };
        options.Anthropic = new ModelUpstream { BaseUrl = upstream ?? model.Url, Secret = "model_key" };
        options.OpenAi = options.Anthropic;
        return new ModelRelays(Options.Create(options), PriceList.BuiltIn(), TimeProvider.System, NullLoggerFactory.Instance);
    }
}
