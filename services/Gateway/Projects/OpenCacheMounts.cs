using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Projects;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Projects;

/// <summary>Which folders of the runners' machines a project may show to agents that did not come from the operator's file: whoever writes it holds a token, not the machines.</summary>
internal sealed class OpenCacheMounts(IOptions<GatewayOptions> options)
{
    public Problem? Refusal(ProjectDocument project)
    {
        var open = options.Value.CacheMounts ?? [];
        var errors = (project.CacheMounts ?? []).Index()
            .Where(mount => !open.Contains(mount.Item, StringComparer.Ordinal))
            .ToDictionary(mount => $"$.cache_mounts[{mount.Index}]", mount => new[] { $"The folder {mount.Item} is not open to projects that are made through the API." }, StringComparer.Ordinal);
        if (errors.Count == 0)
            return null;
        var others = open.Length == 0 ? "Leave cache_mounts out" : $"Name one of {string.Join(", ", open)}";
        return new Problem(
            StatusCodes.Status403Forbidden,
            "cache_mount_not_allowed",
            errors.Values.First()[0],
            $"{others}, have the operator open the folder (Gateway:CacheMounts), or put the project into the operator's file.")
        {
            Errors = errors,
        };
    }
}
