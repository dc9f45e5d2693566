using System.Globalization;

namespace Orchestrator.Execution.Workspaces;

/// <summary>
/// The environment of every git that the host runs: nothing of the host's own except what a transfer needs, no configuration file but the
/// host-owned git directory's, and settings that keep everything a repository can plant from being run.
/// </summary>
internal static class GitEnvironment
{
    private static readonly string[] Inherited =
        ["PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSH_AUTH_SOCK"];

    private static readonly (string Key, string Value)[] Hardening =
    [
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("core.untrackedCache", "false"),
        ("core.attributesFile", "/dev/null"),
        ("core.excludesFile", "/dev/null"),
        ("core.protectNTFS", "true"),
        ("core.protectHFS", "true"),
        ("core.alternateRefsCommand", "false"),
        ("core.pager", "cat"),
        ("credential.helper", ""),
        ("submodule.recurse", "false"),
        ("fetch.recurseSubmodules", "false"),
        ("fetch.unpackLimit", "1"),
        ("fetch.writeCommitGraph", "false"),
        ("transfer.bundleURI", "false"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("commit.gpgSign", "false"),
        ("tag.gpgSign", "false"),
        ("init.templateDir", ""),
        ("advice.detachedHead", "false"),
        ("checkout.workers", "0"),
        ("pack.threads", "1"),
        ("protocol.allow", "never"),
        ("protocol.file.allow", "always"),
        ("protocol.https.allow", "always"),
        ("protocol.ssh.allow", "always"),
    ];

    /// <summary>Every variable of the parent is either replaced or, with a null value, taken away.</summary>
    public static Dictionary<string, string?> For(GitCall call)
    {
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => !Inherited.Contains(name, StringComparer.Ordinal))
            .ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        environment["HOME"] = "/nonexistent";
        environment["LC_ALL"] = "C.UTF-8";
        environment["GIT_DIR"] = call.GitDirectory;
        environment["GIT_CEILING_DIRECTORIES"] = "/";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        environment["GIT_ATTR_NOSYSTEM"] = "1";
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        environment["GIT_NO_LAZY_FETCH"] = "1";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_ASKPASS"] = "false";
        environment["SSH_ASKPASS"] = "false";
        environment["GIT_ALLOW_PROTOCOL"] = call.Transfer ? "file:https:ssh" : "file";
        if (call.WorkTree is { } tree)
            environment["GIT_WORK_TREE"] = tree;
        foreach (var (name, value) in call.Environment)
            environment[name] = value;
        AddConfiguration(environment, call);
        return environment;
    }

    private static void AddConfiguration(Dictionary<string, string?> environment, GitCall call)
    {
        var index = 0;
        foreach (var (key, value) in Hardening.Concat(call.Configuration.Select(pair => (pair.Key, pair.Value))))
        {
            environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{index}")] = key;
            environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{index}")] = value;
            index++;
        }

        environment["GIT_CONFIG_COUNT"] = index.ToString(CultureInfo.InvariantCulture);
    }
}
