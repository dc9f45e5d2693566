using System.Globalization;
using MassTransit;
using RabbitMQ.Client;

namespace Orchestrator.Messaging.Failures;

/// <summary>The properties under which a message of the broker is moved by ourselves: its own, with the reason beside them.</summary>
internal static class FailedCopy
{
    private const int LongestStack = 8000;

    /// <summary>The broker closes the channel of whoever publishes under another's <c>user_id</c>; so the publisher stands in a header from here on.</summary>
    public static bool IsForeign(IReadOnlyBasicProperties properties, BrokerLogin login) => properties.UserId is { } user && user != login.User;

    public static BasicProperties Of(IReadOnlyBasicProperties properties, string queue, Exception exception, BrokerLogin login, TimeProvider clock)
    {
        var cause = exception.GetBaseException();
        var headers = new Dictionary<string, object?>(properties.Headers ?? new Dictionary<string, object?>())
        {
            [MessageHeaders.Reason] = "fault",
            [MessageHeaders.FaultMessage] = cause.Message,
            [MessageHeaders.FaultExceptionType] = cause.GetType().FullName,
            [MessageHeaders.FaultStackTrace] = Cut(exception.ToString()),
            [MessageHeaders.FaultInputAddress] = Queues.Address(queue).ToString(),
            [MessageHeaders.FaultTimestamp] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in FailureHeaders.Of(exception))
            headers[name] = value;
        var copy = new BasicProperties(properties) { DeliveryMode = DeliveryModes.Persistent, Headers = headers };
        if (IsForeign(properties, login))
        {
            headers[FailureHeaders.Publisher] = properties.UserId;
            copy.UserId = login.User;
        }

        return copy;
    }

    private static string Cut(string text) => text.Length <= LongestStack ? text : text[..LongestStack];
}
