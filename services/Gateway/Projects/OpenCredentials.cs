using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Projects;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Projects;

/// <summary>Which secrets of the host a project may name that did not come from the operator's file: whoever writes it also chooses the host that gets the secret.</summary>
internal sealed class OpenCredentials(IOptions<GatewayOptions> options)
{
    public Problem? Refusal(ProjectDocument project)
    {
        if (project.Credential is not { } name)
            return null;
        if (options.Value.Credentials?.GetValueOrDefault(name) is not { } hosts)
            return Refused($"The credential {name} is not open to projects that are made through the API.", $"Have the operator open it for the repository's host (Gateway:Credentials:{name}), or put the project into the operator's file.");
        var host = Uri.TryCreate(project.RepoUrl, UriKind.Absolute, out var url) ? url.Authority : "";
        return hosts.Contains(host, StringComparer.OrdinalIgnoreCase)
            ? null
            : Refused($"The credential {name} is not for repositories of {(host.Length == 0 ? "this machine" : host)}.", $"Name a repository of {string.Join(", ", hosts)}, or have the operator open the host (Gateway:Credentials:{name}).");
    }

    private static Problem Refused(string detail, string hint) => new(StatusCodes.Status403Forbidden, "credential_not_allowed", detail, hint)
    {
        Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["$.credential"] = [detail] },
    };
}
