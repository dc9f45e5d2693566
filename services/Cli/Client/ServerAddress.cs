using System.Text.Json;

namespace Orchestrator.Cli.Client;

/// <summary>Which server to talk to, with which token, and who said so.</summary>
/// <param name="Url">Base address.</param>
/// <param name="Token">Bearer token, or null.</param>
/// <param name="Origin">For people: the option, the variable or the file.</param>
/// <param name="IsDev">Whether it is the dev server of this folder or one above it.</param>
public sealed record ServerAddress(Uri Url, string? Token, string Origin, bool IsDev = false)
{
    public const string DevFolder = ".orch";
    public const string ServerFile = "server.json";
    public const string TokenFile = "token";

    /// <summary>The option, else the environment, else the dev server of this folder or one above it.</summary>
    /// <exception cref="UsageException">None of them names a server.</exception>
    public static ServerAddress Find(string? server, string? token, Func<string, string?> variable, string folder)
    {
        var named = server ?? variable("ORCH_SERVER");
        var secret = Sendable(token ?? variable("ORCH_TOKEN"));
        if (named is not null)
            return new ServerAddress(Parse(named), secret, server is not null ? "--server" : "ORCH_SERVER");

        var dev = DevFolders(folder).FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, ServerFile)))
            ?? throw new UsageException(
                "No server is known.",
                "Start one here with `orch dev`, or name one with --server or ORCH_SERVER (and its token with ORCH_TOKEN).",
                ExitCodes.Unreachable);
        // The dev token goes to the dev server only, never to one that an option names.
        return new ServerAddress(Parse(ReadUrl(Path.Combine(dev, ServerFile))), secret ?? Sendable(ReadToken(Path.Combine(dev, TokenFile))), dev, IsDev: true);
    }

    private static IEnumerable<string> DevFolders(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            yield return Path.Combine(at.FullName, DevFolder);
    }

    private static Uri Parse(string url)
    {
        if (!Uri.TryCreate(url.Contains("://", StringComparison.Ordinal) ? url : $"http://{url}", UriKind.Absolute, out var parsed)
            || parsed.Scheme is not ("http" or "https") || parsed.UserInfo.Length > 0)
        {
            throw new UsageException($"{TerminalSafe(url)} is not the address of a server.", "Use http://host:port or https://host.");
        }

        return parsed.AbsoluteUri.EndsWith('/') ? parsed : new Uri(parsed.AbsoluteUri + "/");
    }

    /// <summary>A header takes nothing else.</summary>
    private static string? Sendable(string? token) => token is null || (token.Length > 0 && token.All(sign => sign is > ' ' and < (char)127))
        ? token
        : throw new UsageException(
            token.Length == 0 ? "The token is empty." : "The token has blanks, line ends or characters that no token has.",
            "Give it as `orch tokens create` printed it, or --token @file to read it from a file.");

    private static string TerminalSafe(string text) => Output.TerminalText.OneLine(text);

    private static string ReadUrl(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.GetProperty("url").GetString() ?? "";
    }

    private static string? ReadToken(string path)
    {
        if (!File.Exists(path))
            return null;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & others) != 0)
            throw new UsageException($"{path} can be read by others.", $"Close it: chmod 600 {path}");
        return File.ReadAllText(path).Trim();
    }
}
