using System.Text;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>
/// Gives git the secret that a project names, for one call: an https secret as a header by environment, an ssh key as a private file. It is never an argument,
/// never in a git directory's configuration and never below a workspace.
/// </summary>
internal sealed class RepositoryCredentials : IDisposable
{
    private const int MaxBytes = 64 * 1024;

    private readonly string? keyFile;

    private RepositoryCredentials(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> configuration, string? keyFile = null)
    {
        Environment = environment;
        Configuration = configuration;
        this.keyFile = keyFile;
    }

    /// <summary>Variables of the call.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Settings of the call.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; }

    /// <summary>Reads the secret and prepares the call. An https secret is <c>user:password</c> or a token alone; an ssh secret is a private key.</summary>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.RepositoryUnavailable"/> when the secret is missing or has the wrong form.</exception>
    public static RepositoryCredentials Open(ProjectDocument project, RepositoryUrl url, string secretsFolder, string privateFolder)
    {
        // Host keys of the operator are the only ones; without them the first contact of this folder is believed.
        var pinned = Find(secretsFolder, "known_hosts");
        var known = pinned ?? Path.Join(privateFolder, "known_hosts");
        var ssh = $"ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking={(pinned is null ? "accept-new" : "yes")} -o UserKnownHostsFile={Quoted(known)}";
        if (project.Credential is not { Length: > 0 } name)
            return new RepositoryCredentials(url.Transport == RepositoryTransport.Ssh ? Variables("GIT_SSH_COMMAND", ssh) : None, None);
        if (url.Transport == RepositoryTransport.File)
            return new RepositoryCredentials(None, None);
        var secret = Read(project.Id, name, secretsFolder);
        if (url.Transport == RepositoryTransport.Https)
        {
            var pair = secret.Contains(':', StringComparison.Ordinal) ? secret : $"x-access-token:{secret}";
            var host = new Uri(url.Url).GetLeftPart(UriPartial.Authority);
            return new RepositoryCredentials(None, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [$"http.{host}/.extraHeader"] = $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}",
                // A redirect would take the header along to another host.
                ["http.followRedirects"] = "false",
            });
        }

        var keyFile = WriteKey(project.Id, name, secret, privateFolder);
        return new RepositoryCredentials(Variables("GIT_SSH_COMMAND", $"{ssh} -o IdentitiesOnly=yes -i {Quoted(keyFile)}"), None, keyFile);
    }

    public void Dispose()
    {
        if (keyFile is not null)
            File.Delete(keyFile);
    }

    private static Dictionary<string, string> None => [];

    private static Dictionary<string, string> Variables(string name, string value) => new(StringComparer.Ordinal) { [name] = value };

    // ssh refuses a key that others may read, and mounted secrets often may be.
    private static string WriteKey(string projectId, string name, string secret, string privateFolder)
    {
        if (!secret.StartsWith("-----BEGIN ", StringComparison.Ordinal))
            throw Unusable(projectId, name, "is no private key, which an ssh repository needs");
        var file = Path.Join(privateFolder, $"key-{Guid.NewGuid():N}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.UTF8.GetBytes(secret + "\n"));
        return file;
    }

    private static string Read(string projectId, string name, string secretsFolder)
    {
        if (name.StartsWith('.') || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            throw Unusable(projectId, name, "is no name of a secret file");
        try
        {
            using var file = File.OpenRead(Find(secretsFolder, name) ?? Path.Join(secretsFolder, name));
            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var secret = length <= MaxBytes ? Encoding.UTF8.GetString(buffer, 0, length).Trim() : "";
            return secret.Length > 0 ? secret : throw Unusable(projectId, name, $"is empty or longer than {MaxBytes} bytes");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(projectId, name, "cannot be read from the secrets folder of this runner");
        }
    }

    /// <summary>A file of the secrets folder, or of the folder <c>repositories</c> in it, which an operator can mount as a whole.</summary>
    private static string? Find(string secretsFolder, string name) =>
        new[] { Path.Join(secretsFolder, name), Path.Join(secretsFolder, "repositories", name) }.FirstOrDefault(File.Exists);

    private static WorkspaceException Unusable(string projectId, string name, string why) => new(
        ErrorCodes.RepositoryUnavailable,
        $"The credential '{name}' of project {projectId} {why}. Put the secret into a file of that name in the folder that ORCHESTRATOR_SECRETS names, or in repositories/ below it.");

    // GIT_SSH_COMMAND is a line for the shell.
    private static string Quoted(string path) => "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
