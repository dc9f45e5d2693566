using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.UnitTests.Cli;

/// <summary>A real HTTP server on loopback that answers as the Gateway's description says, and remembers what it was asked.</summary>
public sealed class CannedServer : IAsyncDisposable
{
    public const string Token = "orch_test_token";

    private readonly WebApplication _app;
    private readonly Dictionary<string, RequestDelegate> _routes = new(StringComparer.Ordinal);

    private CannedServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url => _app.Urls.First();

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public static async Task<CannedServer> StartAsync()
    {
        var server = new CannedServer();
        await server._app.StartAsync();
        return server;
    }

    public CannedServer On(string route, RequestDelegate answer)
    {
        _routes[route] = answer;
        return this;
    }

    public CannedServer On(string route, string json, int status = 200, string type = "application/json") => On(route, async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(json);
    });

    public CannedServer Problem(string route, int status, string json) => On(route, json, status, "application/problem+json");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var route = $"{context.Request.Method} {context.Request.Path}";
        Requests.Enqueue(new Asked(
            route,
            context.Request.QueryString.Value ?? "",
            await body.ReadToEndAsync(),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (_routes.TryGetValue(route, out var answer))
        {
            await answer(context);
            return;
        }

        context.Response.StatusCode = 404;
        context.Response.ContentType = "application/problem+json";
        await context.Response.WriteAsync("""{"title":"Not Found","status":404,"code":"not_found","detail":"There is no such job.","hint":"List jobs: orch list"}""");
    }
}

public sealed record Asked(string Route, string Query, string Body, IReadOnlyDictionary<string, string> Headers);
