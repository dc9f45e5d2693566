using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Projects;

/// <summary>Where a repository may be. The URL goes to git, is stored and shown: it carries no secret and nothing that git or ssh takes for an option.</summary>
internal static class RepositoryUrlRules
{
    private const string Forms = "Write https://host/path, ssh://git@host/path, file:///path or an absolute path.";

    public static void Check(string url, string path, ProblemList problems)
    {
        if (url[0] == '/')
            CheckFolder(url, path, problems);
        else if (url.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)) || HasEscapedControl(url))
            problems.Add(path, ProblemCodes.InvalidValue, "The URL has white space or control characters.", Forms);
        else if (!url.Contains("://", StringComparison.Ordinal))
            problems.Add(path, ProblemCodes.InvalidValue, $"{JsonPath.Shown(url)} is not a URL.", url.Contains(':', StringComparison.Ordinal) ? "Write git@host:path as ssh://git@host/path." : Forms);
        else if (Uri.TryCreate(url, UriKind.Absolute, out var uri))
            CheckUri(uri, path, problems);
        else
            problems.Add(path, ProblemCodes.InvalidValue, "The URL cannot be read.", Forms);
    }

    private static void CheckUri(Uri uri, string path, ProblemList problems)
    {
        var isSsh = uri.Scheme == "ssh";
        if (!isSsh && uri.Scheme is not ("https" or "file"))
            problems.Add(path, ProblemCodes.InvalidValue, $"The scheme {JsonPath.Shown(uri.Scheme)} is not taken.", Forms);
        else if (uri.UserInfo.Contains(':', StringComparison.Ordinal) || (uri.UserInfo.Length > 0 && !isSsh))
            problems.Add(path, ProblemCodes.CredentialsInUrl, "The URL carries a password or token, which would be stored and shown.", "Take it out, keep it in a secret and set credential to the secret's name.");
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            problems.Add(path, ProblemCodes.InvalidValue, "The URL has a query or a fragment.", "Take it out; a token belongs into a secret that credential names.");
        else if (uri.UserInfo.StartsWith('-') || uri.Host.StartsWith('-') || Uri.UnescapeDataString(uri.UserInfo).StartsWith('-'))
            problems.Add(path, ProblemCodes.InvalidValue, "User or host start with a dash, which ssh reads as an option.", Forms);
        else if (uri.Scheme == "file" ? uri.Host.Length > 0 && uri.Host != "localhost" : uri.Host.Length == 0)
            problems.Add(path, ProblemCodes.InvalidValue, uri.Scheme == "file" ? "A file URL names no host." : "The URL names no host.", Forms);
        else if (uri.AbsolutePath.Trim('/').Length == 0)
            problems.Add(path, ProblemCodes.InvalidValue, "The URL names no repository.", Forms);
    }

    public static void CheckFolder(string folder, string path, ProblemList problems)
    {
        if (folder.Length < 2 || folder[0] != '/' || folder[1] == '/' || folder.Any(char.IsControl) || folder.Split('/').Contains("..", StringComparer.Ordinal))
            problems.Add(path, ProblemCodes.InvalidPath, $"{JsonPath.Shown(folder)} is not an absolute path.", "Begin with one /, without '..'.");
    }

    private static bool HasEscapedControl(string url) => Uri.UnescapeDataString(url).Any(char.IsControl);
}
