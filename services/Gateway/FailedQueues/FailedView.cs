using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>A failed message, as it is shown.</summary>
internal sealed record FailedView
{
    public required string Id { get; init; }

    public required string Queue { get; init; }

    public required FailedState State { get; init; }

    public required string Code { get; init; }

    public required string Reason { get; init; }

    public string? MessageType { get; init; }

    public string? MessageId { get; init; }

    public string? JobId { get; init; }

    public string? CorrelationId { get; init; }

    public string? TraceId { get; init; }

    public int? Deliveries { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required int BodyBytes { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    public string? Note { get; init; }

    public static FailedView Of(FailedMessageRow row) => new()
    {
        Id = row.Id.ToString(CultureInfo.InvariantCulture),
        Queue = row.Queue,
        State = row.State,
        Code = row.Code,
        Reason = row.Reason,
        MessageType = row.MessageType,
        MessageId = row.MessageId,
        JobId = row.JobId,
        CorrelationId = row.CorrelationId,
        TraceId = row.TraceId,
        Deliveries = row.Deliveries,
        ReceivedAt = row.ReceivedAt,
        BodyBytes = row.BodyBytes,
        DecidedBy = row.DecidedBy,
        DecidedAt = row.DecidedAt,
        DoneAt = row.DoneAt,
        Note = row.Note,
    };
}

/// <summary>A page of failed messages.</summary>
internal sealed record FailedPage(IReadOnlyList<FailedView> Failed, string? NextCursor);

/// <summary>One failed message with all that is kept of it.</summary>
/// <param name="Message">What the list shows.</param>
/// <param name="Exception">Type and stack, or null.</param>
/// <param name="Properties">What travelled beside the body.</param>
/// <param name="Body">The body, as its encoding says.</param>
/// <param name="BodyEncoding"><c>text</c> or <c>base64</c>.</param>
/// <param name="BodyTruncated">Whether the failed queue has more of it.</param>
internal sealed record FailedDetail(FailedView Message, string? Exception, JsonNode? Properties, string Body, string BodyEncoding, bool BodyTruncated)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static FailedDetail Of(FailedMessageRow row, byte[] body)
    {
        var text = Text(body);
        return new FailedDetail(
            FailedView.Of(row), row.Exception, JsonNode.Parse(row.Properties), text ?? Convert.ToBase64String(body), text is null ? "base64" : "text", row.BodyBytes > body.Length);
    }

    private static string? Text(byte[] body)
    {
        try
        {
            var text = Strict.GetString(body);
            return text.Any(sign => char.IsControl(sign) && sign is not ('\t' or '\r' or '\n')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

/// <summary>What a decision on many comes to.</summary>
/// <param name="Matched">Open messages that were meant.</param>
/// <param name="Decided">Of these, decided by this call; 0 for a dry run.</param>
internal sealed record FailedDecided(int Matched, int Decided);
