using AwesomeAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Artifacts;
using Orchestrator.Artifacts.Directory;
using Orchestrator.Artifacts.S3;

namespace Orchestrator.UnitTests.Artifacts;

public sealed class ArtifactsRegistrationTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_provider_that_is_named_is_used()
    {
        Resolve(("Artifacts:Directory", folder.Join("a"))).Should().BeOfType<DirectoryArtifactStore>();
        Resolve(("Artifacts:Provider", "s3"), ("Artifacts:Bucket", "b"), ("Artifacts:AccessKey", "k"), ("Artifacts:SecretKey", "s")).Should().BeOfType<S3ArtifactStore>();
    }

    [Fact]
    public void An_unknown_provider_is_refused_with_the_remedy()
    {
        var resolving = () => Resolve(("Artifacts:Provider", "ftp"));

        resolving.Should().Throw<InvalidOperationException>().WithMessage("*Artifacts:Provider 'ftp'*'directory' or 's3'*");
    }

    [Fact]
    public void S3_without_a_bucket_is_refused_with_the_remedy()
    {
        var resolving = () => Resolve(("Artifacts:Provider", "s3"));

        resolving.Should().Throw<InvalidOperationException>().WithMessage("*Artifacts:Bucket*");
    }

    private static IArtifactStore Resolve(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddArtifacts(configuration).BuildServiceProvider().GetRequiredService<IArtifactStore>();
    }
}
