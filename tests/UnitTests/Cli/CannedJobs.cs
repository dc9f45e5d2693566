using System.Text;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.UnitTests.Cli;

/// <summary>Jobs in the shape of services/Gateway/README.md.</summary>
public static class CannedJobs
{
    public const string Id = "0f8fad5bd9cb469fa165b3f0d9f3c0aa";

    public static string Job(string status, string steps = "", string parked = "null", string error = "null", string id = Id) =>
        $$$"""
        {"job_id":"{{{id}}}","run":1,"status":"{{{status}}}","goal":"Fix the failing date test.","project_id":"shop","tags":["ci"],
         "priority":"normal","source":"manual","actor":"token:ci","accepted_at":"2026-03-01T09:30:00Z","started_at":"2026-03-01T09:30:01Z","finished_at":null,
         "cancel_requested":false,"parked":{{{parked}}},"summary":null,"changed":true,"error":{{{error}}},
         "usage":{"cost_usd":0.012,"cost_micro_usd":12000,"tokens_in":10,"tokens_out":20,"cache_read_tokens":0,"cache_write_tokens":0,"calls":1,"launches":2},
         "steps":[{{{steps}}}],"notices":[],"links":{}}
        """;

    public static string Step(string id, string status, int attempt = 1, string summary = "done") =>
        $$$"""
        {"step_id":"{{{id}}}","role":"planner","agent":"simulated","model":null,"status":"{{{status}}}","visit":1,"attempt":{{{attempt}}},
         "started_at":"2026-03-01T09:30:01Z","finished_at":"2026-03-01T09:30:03Z","summary":"{{{summary}}}","changed":null,"error":null,"parked":null,"usage":{},"notices":[],"links":{}}
        """;

    public static async Task SendEventAsync(HttpContext context, int id, string type, string data = "{}")
    {
        if (!context.Response.HasStarted)
            context.Response.ContentType = "text/event-stream";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"id: {id}\nevent: {type}\ndata: {data}\n\n"));
        await context.Response.Body.FlushAsync();
    }
}
