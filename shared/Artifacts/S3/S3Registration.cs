using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orchestrator.Artifacts.S3;

/// <summary>Registers the store in S3. On its own, so that the client library is loaded only where it is used.</summary>
internal static class S3Registration
{
    public static void AddS3ArtifactStore(this IServiceCollection services)
    {
        services.AddSingleton<IAmazonS3>(provider => CreateClient(Options(provider)));
        services.AddSingleton<IArtifactStore>(provider =>
            new S3ArtifactStore(provider.GetRequiredService<IAmazonS3>(), Options(provider), provider.GetRequiredService<TimeProvider>()));
    }

    private static ArtifactsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<ArtifactsOptions>>().Value;

    private static AmazonS3Client CreateClient(ArtifactsOptions options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            // Checksum trailers are an AWS extra that S3-compatible storages do not all speak; we keep a SHA-256 of our own.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
            config.ServiceURL = endpoint.ToString();
        else
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        return options.AccessKey is { Length: > 0 } key
            ? new AmazonS3Client(new BasicAWSCredentials(key, options.SecretKey), config)
            : new AmazonS3Client(config);
    }
}
