using System.Net;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Gateway;

/// <summary>Reading what the Gateway answers.</summary>
internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return JsonDocument.Parse(text.Length > 0 ? text : throw new InvalidOperationException($"{(int)answer.StatusCode} without a body")).RootElement;
    }

    public static string Text(this JsonElement json, string field) => json.GetProperty(field).GetString()!;

    /// <summary>A refusal in the form that every refusal has; answers it.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status, string? code = null)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(status, text);
        answer.Content.Headers.ContentType?.MediaType.Should().Be("application/problem+json", text);
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("status").GetInt32().Should().Be((int)status);
        foreach (var field in (string[])["type", "title", "detail", "code", "hint", "trace_id"])
            problem.Text(field).Should().NotBeNullOrWhiteSpace(field);
        if (code is not null)
            problem.Text("code").Should().Be(code, text);
        return problem;
    }

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
}
