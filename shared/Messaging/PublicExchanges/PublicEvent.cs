namespace Orchestrator.Messaging.PublicExchanges;

/// <summary>
/// A message for other systems. Sent like any message of ours, also through an outbox, it goes on the wire as
/// <see cref="Json"/> and nothing else: no envelope. Send it to <c>Queues.Address(PublicExchange.JobAccepted)</c>.
/// </summary>
/// <param name="Json">The body, as the receiver reads it.</param>
/// <param name="ContentType"><c>application/json</c>, or <c>application/cloudevents+json</c>.</param>
/// <param name="Headers">AMQP headers, for example the attributes of a CloudEvent; or null.</param>
public sealed record PublicEvent(string Json, string ContentType = "application/json", IReadOnlyDictionary<string, string>? Headers = null);
