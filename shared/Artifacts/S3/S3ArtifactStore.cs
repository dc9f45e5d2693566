using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Artifacts.S3;

/// <summary>
/// Artifacts as objects of one bucket. A put is atomic by nature. Objects cannot grow: an append is collected in a local temporary file,
/// put whole at the end and, for readers of live logs, at most once in <see cref="ArtifactsOptions.AppendUploadInterval"/> before.
/// A storage that cannot answer is a <see cref="StorageOutageException"/>; what it refuses stays an <see cref="AmazonS3Exception"/>.
/// </summary>
public sealed class S3ArtifactStore(IAmazonS3 client, ArtifactsOptions options, TimeProvider time) : IArtifactStore
{
    private const int InMemoryBytes = 1024 * 1024;
    private const int DeletePage = 1000;

    private readonly string root = options.Prefix.Trim('/') is { Length: > 0 } prefix ? $"{prefix}/" : "";
    private readonly string bucket = options.Bucket ?? throw new ArgumentException("Artifacts:Bucket is missing.", nameof(options));

    /// <inheritdoc />
    public async Task<DocumentReference> WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        var key = Key(path);
        // The length must be known before a put: small content waits in memory, larger content in a file that goes with its handle.
        await using var buffer = new SpillingStream(InMemoryBytes);
        var sha256 = await HashingCopy.RunAsync(content, buffer, cancellationToken);
        await PutAsync(key, buffer.Rewind(), cancellationToken);
        return new DocumentReference(path, sha256);
    }

    /// <inheritdoc />
    public async Task<Stream?> OpenReadAsync(string path, long offset, CancellationToken cancellationToken)
    {
        var key = Key(path);
        try
        {
            var request = new GetObjectRequest { BucketName = bucket, Key = key };
            if (offset > 0)
                request.ByteRange = new ByteRange($"bytes={offset}-");
            var response = await S3Outage.KnownAsync(client.GetObjectAsync(request, cancellationToken));
            return response.ResponseStream;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return new MemoryStream();
        }
    }

    /// <inheritdoc />
    public async Task<long?> LengthAsync(string path, CancellationToken cancellationToken)
    {
        var key = Key(path);
        try
        {
            var response = await S3Outage.KnownAsync(client.GetObjectMetadataAsync(bucket, key, cancellationToken));
            return response.ContentLength;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        try
        {
            await S3Outage.KnownAsync(client.CopyObjectAsync(bucket, Key(source), bucket, Key(target), cancellationToken));
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            throw new FileNotFoundException($"There is no artifact '{source}' to copy.", source, exception);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ArtifactEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // S3 lists in the order of UTF-8 bytes; ordinal order of UTF-16 differs beyond the basic plane only, and the interface promises the latter.
        var entries = new List<ArtifactEntry>();
        await foreach (var item in FindAsync(prefix, cancellationToken))
            entries.Add(new ArtifactEntry(item.Key[root.Length..], item.Size ?? 0));
        foreach (var entry in entries.OrderBy(entry => entry.Path, StringComparer.Ordinal))
            yield return entry;
    }

    /// <inheritdoc />
    public async Task DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        var keys = new List<KeyVersion>();
        await foreach (var item in FindAsync(prefix, cancellationToken))
            keys.Add(new KeyVersion { Key = item.Key });
        foreach (var page in keys.Chunk(DeletePage))
            await S3Outage.KnownAsync(client.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = bucket, Objects = [.. page], Quiet = true }, cancellationToken));
    }

    /// <inheritdoc />
    public async Task<Stream> OpenAppendAsync(string path, CancellationToken cancellationToken)
    {
        var key = Key(path);
        var buffer = SpillingStream.OpenTemporary();
        try
        {
            await using (var earlier = await OpenReadAsync(path, 0, cancellationToken))
            {
                if (earlier is not null)
                    await earlier.CopyToAsync(buffer, cancellationToken);
            }

            return new AppendedObject(buffer, (content, token) => PutAsync(key, content, token), options.AppendUploadInterval, time);
        }
        catch
        {
            await buffer.DisposeAsync();
            throw;
        }
    }

    private async IAsyncEnumerable<S3Object> FindAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // With the slash: the folder job-0001 is no prefix of job-00012.
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = Key(prefix) + "/" };
        bool more;
        do
        {
            var page = await S3Outage.KnownAsync(client.ListObjectsV2Async(request, cancellationToken));
            foreach (var item in page.S3Objects ?? [])
                yield return item;
            request.ContinuationToken = page.NextContinuationToken;
            more = page.IsTruncated == true;
        }
        while (more);
    }

    private Task<PutObjectResponse> PutAsync(string key, Stream content, CancellationToken cancellationToken) => S3Outage.KnownAsync(client.PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = content,
            AutoCloseStream = false,
            AutoResetStreamPosition = false,
            UseChunkEncoding = false,
        },
        cancellationToken));

    private string Key(string path) => root + ArtifactPath.Check(path);
}
