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
                services.AddS3ArtifactStore();
                break;
            default:
                throw new InvalidOperationException($"Artifacts:Provider '{options.Provider}' is unknown. Use 'directory' or 's3'.");
        }

        return services;
    }

    private static ArtifactsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<ArtifactsOptions>>().Value;
}
