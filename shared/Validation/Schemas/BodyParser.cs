using System.Text.Json;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Schemas;

/// <summary>From bytes to JSON, within the limits of every door.</summary>
public static class BodyParser
{
    /// <summary>Deepest nesting of a document.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Null when it is too large or no JSON; the problem says which.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body, ProblemList problems)
    {
        if (IsTooLarge(body.Length, problems))
            return null;
        try
        {
            return JsonDocument.Parse(WithoutMark(body), Strict);
        }
        catch (JsonException exception)
        {
            problems.Add(
                JsonPath.Root, ProblemCodes.InvalidJson, $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.",
                $"Send one JSON object in UTF-8, without comments or trailing commas, at most {MaxDepth} levels deep.");
            return null;
        }
    }

    internal static bool IsTooLarge(int bytes, ProblemList problems)
    {
        if (bytes <= JobAcceptance.MaxBytes)
            return false;
        problems.Add(
            JsonPath.Root, ProblemCodes.TooLarge, $"The body has {bytes} bytes, at most {JobAcceptance.MaxBytes} are taken.",
            "Put large inputs into the repository and name them in the goal.");
        return true;
    }

    /// <summary>The body without the byte order mark that editors on Windows put before JSON, and that the parser refuses.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;
}
