using System.Net;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Projects;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Projects;

/// <summary>
/// Which folders of the runners' machines may be the repository of a project that did not come from the operator's file: whoever writes it holds a token, not the machines,
/// where the work of others lies too. On a developer's own machine it is their own.
/// </summary>
internal sealed class OpenRepositories(IOptions<GatewayOptions> options)
{
    /// <summary>Whether the caller sits at the developer's machine that this is.</summary>
    public bool IsOwnMachine(HttpContext context) =>
        options.Value.DevMode && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

    public Problem? Refusal(ProjectDocument project, HttpContext context)
    {
        if (IsElsewhere(project.RepoUrl) || IsOwnMachine(context))
            return null;
        var open = options.Value.LocalRepositories ?? [];
        if (LocalPath(project.RepoUrl) is { } path && open.Any(folder => IsBelow(path, folder)))
            return null;
        const string detail = "Folders of the runners' machines are not open to projects that are made through the API.";
        var others = open.Length == 0 ? "Name a repository by https or ssh" : $"Name a repository below {string.Join(", ", open)}";
        return new Problem(
            StatusCodes.Status403Forbidden,
            "repository_not_allowed",
            detail,
            $"{others}, have the operator open its folder (Gateway:LocalRepositories), or put the project into the operator's file.")
        {
            Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["$.repo_url"] = [detail] },
        };
    }

    private static bool IsElsewhere(string url) => !url.StartsWith('/') && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("https" or "ssh");

    /// <summary>The folder as a runner reads it, which takes whatever begins with a slash for a path; a <see cref="Uri"/> may take it for a host.</summary>
    private static string? LocalPath(string url)
    {
        var path = url.StartsWith('/') ? url : Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : null;
        return Path.IsPathRooted(path) ? Path.GetFullPath(path) : null;
    }

    private static bool IsBelow(string path, string folder)
    {
        var within = Path.GetRelativePath(folder, path);
        return within != ".." && !within.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(within);
    }
}
