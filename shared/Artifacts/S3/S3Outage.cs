using System.Net;
using Amazon.Runtime;

namespace Orchestrator.Artifacts.S3;

/// <summary>Tells a storage that cannot answer now, which passes by itself, from one that refuses.</summary>
internal static class S3Outage
{
    /// <summary>The answer to a call.</summary>
    /// <exception cref="StorageOutageException">The storage was not reached, or is busy or broken, after the client's own retries.</exception>
    public static async Task<T> KnownAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (Exception exception) when (Is(exception))
        {
            throw new StorageOutageException($"The artifact storage cannot answer: {exception.Message}", exception);
        }
    }

    private static bool Is(Exception exception) => exception switch
    {
        // RequestTimeout is a 400: the body came too slowly. Without a status there was no answer.
        AmazonServiceException { ErrorCode: "RequestTimeout" } => true,
        AmazonServiceException { StatusCode: 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError } => true,
        HttpRequestException or TimeoutException => true,
        _ => false,
    };
}
