using System.Text;
using RabbitMQ.Client;

namespace Orchestrator.ChaosTests.Driving;

/// <summary>Messages that nobody can handle, in ten classes, and where each was put.</summary>
internal sealed class Poison(ChaosSystem system)
{
    private const string Envelope = "application/vnd.masstransit+json";

    private static readonly (string Class, string? ContentType, byte[] Body)[] Classes =
    [
        ("no JSON", Envelope, Text("this is no message")),
        ("empty", Envelope, []),
        ("an array", Envelope, Text("[1, 2, 3]")),
        ("cut off", Envelope, Text("""{"messageId": "5d0a0000-ac1c-0242-1d5b-08dc00000000", "messageType": ["urn:message:Orchestr""")),
        ("an unknown type", Envelope, Text("""{"messageId": "5d0a0000-ac1c-0242-1d5b-08dc00000001", "messageType": ["urn:message:Elsewhere:Thing"], "message": {"a": 1}}""")),
        ("no type", Envelope, Text("""{"messageId": "5d0a0000-ac1c-0242-1d5b-08dc00000002", "message": {"a": 1}}""")),
        ("a number for the body", Envelope, Text("""{"messageId": 17, "messageType": "x", "message": 17}""")),
        ("bytes that are no text", Envelope, [0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
        ("another format", "application/xml", Text("<job/>")),
        ("too deep", Envelope, Text(new string('[', 5000) + new string(']', 5000))),
    ];

    private static readonly string[] Queues = ["pipeline", "budget", "gateway-events", "planner-runner", "implementer-runner", "reviewer-runner", "scheduler"];

    /// <summary>How many went into each queue.</summary>
    public Dictionary<string, int> Sent { get; } = [];

    /// <summary>How many in all.</summary>
    public int Count => Sent.Values.Sum();

    /// <summary>Sends so many, one class and one queue after the other.</summary>
    public async Task SendAsync(int count)
    {
        await using var connection = await system.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        for (var number = 0; number < count; number++)
        {
            var (_, contentType, body) = Classes[number % Classes.Length];
            var queue = Queues[number / Classes.Length % Queues.Length];
            await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { ContentType = contentType, Persistent = true }, body);
            Sent[queue] = Sent.GetValueOrDefault(queue) + 1;
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
