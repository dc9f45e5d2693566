using System.Text.Json;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Gateway.Access;

/// <summary>What a refused submission says it is about, as far as that can be read: for the access line only.</summary>
internal static class NamedIds
{
    private const int Longest = 128;

    public static (string? Project, string? Job) In(ReadOnlyMemory<byte> body)
    {
        string? project = null, job = null;
        try
        {
            var reader = new Utf8JsonReader(BodyParser.WithoutMark(body).Span);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                if (reader.ValueTextEquals("project_id") || reader.ValueTextEquals("projectId"))
                    project = Text(ref reader);
                else if (reader.ValueTextEquals("job_id") || reader.ValueTextEquals("jobId"))
                    job = Text(ref reader);
                else
                    reader.Skip();
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // What was read before the fault counts.
        }

        return (project, job);
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        // Anybody may write it, and a table of text takes neither a NUL nor half a character.
        return string.Concat(reader.GetString()!.Take(Longest).Select(sign => char.IsControl(sign) || char.IsSurrogate(sign) ? '?' : sign));
    }
}
