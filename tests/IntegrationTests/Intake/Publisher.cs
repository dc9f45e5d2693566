using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;

namespace Orchestrator.IntegrationTests.Intake;

/// <summary>A foreign system: Python, with Debian's pika.</summary>
/// <param name="Amqp">Where, and as whom.</param>
internal sealed record Publisher(Uri Amqp)
{
    private string User => Amqp.UserInfo.Split(':')[0];

    public Task SendAsync(string body, string? contentType = null, object? headers = null, string? messageId = null) =>
        SendAsync(Encoding.UTF8.GetBytes(body), contentType, headers, messageId);

    public async Task SendAsync(byte[] body, string? contentType = null, object? headers = null, string? messageId = null, bool named = true)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Intake", "publish_one.py");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, Amqp.ToString()]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(
            new { body = Convert.ToBase64String(body), content_type = contentType, headers, message_id = messageId, user_id = named ? User : null }));
        process.StandardInput.Close();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, errors);
    }
}
