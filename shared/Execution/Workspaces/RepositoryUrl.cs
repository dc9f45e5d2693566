using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Where a project's repository is: https, ssh or file, nothing else.</summary>
internal sealed record RepositoryUrl(string Url, RepositoryTransport Transport)
{
    /// <summary>Reads the URL of a project.</summary>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.RepositoryUnavailable"/>, naming the field and the remedy.</exception>
    public static RepositoryUrl Parse(string projectId, string text)
    {
        if (text.Any(char.IsControl))
            throw Refused(projectId, "it has a control character");
        if (text.StartsWith('/'))
            return Local(projectId, text);
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && text.Contains("://", StringComparison.Ordinal))
        {
            if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
                throw Refused(projectId, "it holds a password. Put the password in a secret and name it in the project's credential");
            return uri.Scheme switch
            {
                "file" => Local(projectId, uri.LocalPath),
                "https" => new RepositoryUrl(text, RepositoryTransport.Https),
                "ssh" => new RepositoryUrl(text, RepositoryTransport.Ssh),
                _ => throw Refused(projectId, $"{uri.Scheme} is not allowed"),
            };
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && !text.StartsWith('-') && !text[..colon].Contains('/', StringComparison.Ordinal) && !text.Contains("::", StringComparison.Ordinal))
            return new RepositoryUrl(text, RepositoryTransport.Ssh);
        throw Refused(projectId, "it is no URL");
    }

    private static RepositoryUrl Local(string projectId, string path) => Directory.Exists(path)
        ? new RepositoryUrl("file://" + Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), RepositoryTransport.File)
        : throw new WorkspaceException(
            ErrorCodes.RepositoryUnavailable,
            $"The repository {path} of project {projectId} does not exist on this machine. Create it, mount it into the runners, or correct the project's repo_url.");

    private static WorkspaceException Refused(string projectId, string why) => new(
        ErrorCodes.RepositoryUnavailable,
        $"repo_url of project {projectId} cannot be used: {why}. Use https://, ssh://, file:// or an absolute path.");
}

/// <summary>How git gets there.</summary>
internal enum RepositoryTransport
{
    File,
    Https,
    Ssh,
}
