using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Orchestrator.FakeModel.Apis;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.FakeModel;

/// <summary>A scripted model on loopback or a unix socket that speaks Anthropic messages, OpenAI responses and OpenAI chat completions.</summary>
public sealed class FakeModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _seen = new();
    private readonly CancellationTokenSource _stopping = new();
    private ModelScript _script;
    private int _failed;

    private FakeModelServer(ModelScript script, string? socket, int port)
    {
        _script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            if (socket is null)
                kestrel.Listen(IPAddress.Loopback, port);
            else
                kestrel.ListenUnixSocket(socket);
        });
        _app = builder.Build();
        _app.Map("/v1/messages", context => AnswerAsync(context, new AnthropicMessages()));
        _app.Map("/v1/responses", context => AnswerAsync(context, new OpenAiResponses()));
        _app.Map("/v1/chat/completions", context => AnswerAsync(context, new OpenAiChat()));
        _app.MapPost("/v1/messages/count_tokens", () => Results.Json(new { input_tokens = script.CountedTokens }));
        _app.MapGet("/v1/models", () => Results.Json(new { @object = "list", data = new[] { new { id = "fake-model", @object = "model" } } }));
        _app.MapMethods("/api/hello", ["GET", "HEAD"], () => Results.Ok());
        _app.MapFallback(context =>
        {
            See(context, "", 0, null);
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
    }

    /// <summary>What it plays; may be changed between launches.</summary>
    public ModelScript Script
    {
        get => _script;
        set
        {
            _script = value;
            // Its failures are those of its first requests.
            Interlocked.Exchange(ref _failed, 0);
        }
    }

    /// <summary>Base address without <c>/v1</c>.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Requests in the order of their arrival.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    /// <summary>Requests that were for the script: with tools, and not failed.</summary>
    public int Turns => _seen.Count(request => request is { Round: not null, Status: 200 });

    /// <summary>Starts a server.</summary>
    /// <param name="script">What it plays.</param>
    /// <param name="socket">A unix socket instead of a port.</param>
    /// <param name="port">A port of loopback; 0 is a free one.</param>
    public static async Task<FakeModelServer> StartAsync(ModelScript script, string? socket = null, int port = 0)
    {
        var server = new FakeModelServer(script, socket, port);
        await server._app.StartAsync();
        return server;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync(_stopping.Token);
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    internal Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    private async Task AnswerAsync(HttpContext context, IModelApi api)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        if (Script.Key is { } key && KeyOf(context.Request) != key)
        {
            See(context, body.ToJsonString(), 401, null);
            await RefuseAsync(context, api, 401, null, "the key is wrong");
            return;
        }

        var aside = body["tools"] is not JsonArray { Count: > 0 };
        if (!aside && FailureOf(Interlocked.Increment(ref _failed) - 1) is { } failure)
        {
            See(context, body.ToJsonString(), failure.Status, null);
            await RefuseAsync(context, api, failure.Status, failure.RetryAfter, failure.Message);
            return;
        }

        var round = aside ? (int?)null : api.RoundOf(body);
        See(context, body.ToJsonString(), 200, round);
        var turn = round is { } index ? Script.Turns.ElementAtOrDefault(index) ?? Script.End : Script.Aside;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            await Task.Delay(turn.DelayMs, end.Token);
            await PlayAsync(context, api, body, turn, end.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static async Task PlayAsync(HttpContext context, IModelApi api, JsonObject body, ModelTurn turn, CancellationToken cancellationToken)
    {
        var response = context.Response;
        switch (turn.Fault)
        {
            case ModelFault.Hang:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return;
            case ModelFault.Empty:
                return;
            case ModelFault.Garbage:
                response.ContentType = "text/html";
                await response.WriteAsync("<html><body>Gateway</body></html>", cancellationToken);
                return;
        }

        if (body["stream"]?.GetValue<bool>() != true)
        {
            await response.WriteAsJsonAsync(api.Whole(body, turn), cancellationToken);
            return;
        }

        response.ContentType = "text/event-stream";
        var events = api.Stream(body, turn).ToList();
        var last = turn.Fault is ModelFault.Cut or ModelFault.HangMidStream ? events.Count / 2 : events.Count;
        foreach (var line in events.Take(last))
        {
            await response.WriteAsync(line + "\n\n", cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }

        if (turn.Fault == ModelFault.Cut)
            context.Abort();
        if (turn.Fault == ModelFault.HangMidStream)
            await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private static Task RefuseAsync(HttpContext context, IModelApi api, int status, int? retryAfter, string message)
    {
        context.Response.StatusCode = status;
        if (retryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return context.Response.WriteAsJsonAsync(api.Error(status, message));
    }

    private static string KeyOf(HttpRequest request) =>
        request.Headers["x-api-key"].FirstOrDefault() ?? request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);

    private ModelFailure? FailureOf(int request)
    {
        foreach (var failure in Script.Failures)
        {
            if (request < failure.After)
                return null;
            request -= failure.After;
            if (failure.Times < 0 || request < failure.Times)
                return failure;
            request -= failure.Times;
        }

        return null;
    }

    private void See(HttpContext context, string body, int status, int? round) =>
        _seen.Enqueue(new SeenRequest(context.Request.Method, context.Request.Path, KeyOf(context.Request), status, round, body));
}

/// <summary>A request that came.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path.</param>
/// <param name="Key">Key that it presented.</param>
/// <param name="Status">Status of the answer; 0 for an unknown path.</param>
/// <param name="Round">Tool rounds that it had behind it; null for a request outside the script.</param>
/// <param name="Body">Body.</param>
public sealed record SeenRequest(string Method, string Path, string Key, int Status, int? Round, string Body)
{
    /// <summary>Names of the tools that it offers.</summary>
    public IReadOnlyList<string> Tools => Body.Length == 0 || JsonNode.Parse(Body)?["tools"] is not JsonArray tools
        ? []
        : [.. tools.Select(tool => (tool?["name"] ?? tool?["function"]?["name"] ?? tool?["type"])?.ToString() ?? "")];

    /// <inheritdoc />
    public override string ToString() => JsonSerializer.Serialize(new { Method, Path, Status, Round, Tools, Length = Body.Length });
}
