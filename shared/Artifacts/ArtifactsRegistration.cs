using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Artifacts.Directory;
using Orchestrator.Artifacts.S3;
using Orchestrator.Hosting;

namespace Orchestrator.Artifacts;

/// <summary>Registers the artifact store.</summary>
public static class ArtifactsRegistration
{
    /// <summary>Adds the <see cref="IArtifactStore"/> that section <see cref="ArtifactsOptions.Section"/> names.</summary>
    /// <exception cref="InvalidOperationException">When the provider is unknown or lacks a setting; names the key and the remedy.</exception>
    public static IServiceCollection AddArtifacts(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(ArtifactsOptions.Section).Get<ArtifactsOptions>() ?? new ArtifactsOptions();
        services.AddValidatedOptions<ArtifactsOptions>(ArtifactsOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        switch (options.Provider)
        {
            case "directory":
                services.AddSingleton(provider => new DirectoryArtifactStore(Options(provider).Directory, provider.GetRequiredService<TimeProvider>()));
                services.AddSingleton<IArtifactStore>(provider => provider.GetRequiredService<DirectoryArtifactStore>());
                services.AddSingleton(provider => provider.GetRequiredService<DirectoryArtifactStore>().Temporaries);
                services.AddHostedService<TemporaryFilesSweep>();
                break;
            case "s3":
                if (string.IsNullOrEmpty(options.Bucket))
                    throw new InvalidOperationException("Artifacts:Bucket is missing. The s3 provider needs the name of an existing bucket.");
                services.AddSingleton<IAmazonS3>(provider => CreateClient(Options(provider)));
                services.AddSingleton<IArtifactStore>(provider =>
                    new S3ArtifactStore(provider.GetRequiredService<IAmazonS3>(), Options(provider), provider.GetRequiredService<TimeProvider>()));
                break;
            default:
                throw new InvalidOperationException($"Artifacts:Provider '{options.Provider}' is unknown. Use 'directory' or 's3'.");
        }

        return services;
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
