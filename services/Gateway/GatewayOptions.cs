using System.ComponentModel.DataAnnotations;
using Orchestrator.Gateway.Callbacks;

namespace Orchestrator.Gateway;

public sealed class GatewayOptions : IValidatableObject
{
    public const string Section = "Gateway";

    /// <summary>File with the first token. Wins over <see cref="AdminToken"/>.</summary>
    public string? AdminTokenFile { get; set; }

    /// <summary>The first token itself; meant for the secret file <c>Gateway__AdminToken</c>.</summary>
    public string? AdminToken { get; set; }

    /// <summary>JSON file with projects: an array, or <c>{"projects": [...]}</c>. Read at start.</summary>
    public string? ProjectsFile { get; set; }

    /// <summary>Whether this is a developer's own machine: from loopback any token that may submit may also make a project of a repository.</summary>
    public bool DevMode { get; set; }

    /// <summary>Broker user to the projects that its messages may start; <c>*</c> is every project and jobs without one.</summary>
    public Dictionary<string, string[]>? BrokerUsers { get; set; }

    /// <summary>Whose messages count when the broker does not say who published (<c>user_id</c> is absent): a name in <see cref="BrokerUsers"/>, or null to reject them.</summary>
    public string? AnonymousBrokerUser { get; set; }

    /// <summary>Secrets that a project made through the API may name as its credential, each with the hosts of repositories that may get it. Projects of the operator's file may name any.</summary>
    public Dictionary<string, string[]>? Credentials { get; set; }

    /// <summary>Folders of the runners' machines that a project made through the API may name in <c>cache_mounts</c>, exactly as written here. Projects of the operator's file may name any.</summary>
    public string[]? CacheMounts { get; set; }

    /// <summary>Folders of the runners' machines below which a project made through the API may have its repository. Projects of the operator's file may name any, and so may a developer's own machine.</summary>
    public string[]? LocalRepositories { get; set; }

    /// <summary>Addresses or networks (CIDR) of proxies whose <c>X-Forwarded-For</c> is believed.</summary>
    public string[]? TrustedProxies { get; set; }

    /// <summary>Requests per minute of one token, all of them at once at most.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerToken { get; set; } = 3000;

    /// <summary>Requests per minute of one address, all of them at once at most.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerAddress { get; set; } = 6000;

    /// <summary>How long a token that was found is not looked up again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan TokenCache { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two comments on a quiet event stream.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan StreamComment { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an open stream looks for what another process wrote.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan StreamPoll { get; set; } = TimeSpan.FromSeconds(1);

    public CallbackOptions Callbacks { get; set; } = new();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var folder in LocalRepositories ?? [])
        {
            if (!folder.StartsWith('/') || Path.GetFullPath(folder) is "/" || folder.Split('/').Contains("..", StringComparer.Ordinal))
                yield return new ValidationResult($"Gateway:LocalRepositories has '{folder}'. Name absolute folders below /, without '..'.", [nameof(LocalRepositories)]);
        }
    }
}
