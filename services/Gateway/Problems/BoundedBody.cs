using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Contracts.Json;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Gateway.Problems;

/// <summary>Reads request bodies that are small by agreement: one that says it is too large is not read at all.</summary>
internal static class BoundedBody
{
    private static readonly JsonSerializerOptions Strict = new(ContractJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 32,
    };

    public static Problem TooLarge { get; } = new(
        StatusCodes.Status413PayloadTooLarge, ProblemCodes.TooLarge, $"The body is larger than {JobAcceptance.MaxBytes} bytes.", "Put large input into the repository and name it in the goal.");

    /// <exception cref="RefusedException">413.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > JobAcceptance.MaxBytes)
            throw Refuse(request);

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > JobAcceptance.MaxBytes)
                throw Refuse(request);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Reads a small JSON object; nothing at all is an object without fields.</summary>
    /// <exception cref="RefusedException">413 or 400.</exception>
    public static async Task<T> ReadJsonAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class, new()
    {
        var body = await ReadAsync(request, cancellationToken);
        if (body.IsEmpty)
            return new T();
        if (DocumentText.Check(body) is [var problem, ..] problems)
            throw new RefusedException(SubmitEndpoint.ProblemOf(problems) with { Code = "invalid_body", Hint = problem.Hint });
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Strict) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException exception)
        {
            var path = string.IsNullOrEmpty(exception.Path) ? "$" : exception.Path;
            throw new RefusedException(new Problem(StatusCodes.Status400BadRequest, "invalid_body", $"The body is not what this route takes, at {path}.", "See /openapi/v1.json for the fields of this route.")
            {
                Errors = new Dictionary<string, string[]> { [path] = [Told(exception)] },
            });
        }
    }

    /// <summary>The rest of the body is nobody's: the connection is not kept for another request.</summary>
    private static RefusedException Refuse(HttpRequest request)
    {
        request.HttpContext.Response.OnStarting(() =>
        {
            request.HttpContext.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        return new RefusedException(TooLarge);
    }

    /// <summary>The part of the message that speaks about JSON and not about our types.</summary>
    private static string Told(JsonException exception) => exception.Message.Contains("could not be mapped", StringComparison.Ordinal)
        ? "This field is not known here."
        : "This is not valid JSON, or not of the type that is expected here.";
}
