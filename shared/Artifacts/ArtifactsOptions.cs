using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Artifacts;

/// <summary>Where artifacts are kept.</summary>
public sealed class ArtifactsOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Artifacts";

    /// <summary><c>directory</c> or <c>s3</c>.</summary>
    [RegularExpression("^(directory|s3)$", ErrorMessage = "Artifacts:Provider is 'directory' or 's3'.")]
    public string Provider { get; set; } = "directory";

    /// <summary>Root folder of the directory provider: a volume that every service mounts.</summary>
    [Required]
    public string Directory { get; set; } = "artifacts";

    /// <summary>Age at which a file that was never finished is removed from the directory: its writer was killed. Longer than any write may take.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan TemporaryLifetime { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Bucket of the S3 provider.</summary>
    public string? Bucket { get; set; }

    /// <summary>Service URL of an S3-compatible storage; null is AWS itself.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>AWS region; with <see cref="Endpoint"/> the region that signatures name.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Whether the bucket is a part of the path (most S3-compatible storages) and not of the host name.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>Key put before each path, without slashes at its ends; empty is the bucket's root.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Access key; null uses the machine's own AWS credentials.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Secret key, from a secret file.</summary>
    public string? SecretKey { get; set; }

    /// <summary>How long an object that grows (a live log) stays behind what was flushed: S3 cannot append, so each upload sends the whole file again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan AppendUploadInterval { get; set; } = TimeSpan.FromSeconds(15);
}
