namespace Orchestrator.Execution.Workspaces;

/// <summary>Writes git directories as plain files: cheaper than a process, and nothing in them but what stands here.</summary>
internal static class GitFolder
{
    /// <summary>The branch that <c>HEAD</c> of every git directory of ours names.</summary>
    public const string Branch = "refs/heads/work";

    /// <summary>The ref that a bundle carries.</summary>
    public const string WorkRef = "refs/orchestrator/work";

    /// <summary>The base commit, so that bundles can be checked and left without it.</summary>
    public const string BaseRef = "refs/orchestrator/base";

    // A repository's own .gitattributes is overruled: what is in a file is what is in its blob, no driver is ever looked up, and no file hides from a diff or merge.
    private const string Attributes = "* -text !eol -ident !filter -working-tree-encoding !diff !merge !conflict-marker-size !whitespace\n";

    private const string Config = """
        [core]
        	repositoryformatversion = 0
        	filemode = true
        	bare = false
        	logallrefupdates = false
        [gc]
        	auto = 0
        [maintenance]
        	auto = false

        """;

    private const string MirrorConfig = """
        [core]
        	repositoryformatversion = 0
        	bare = true
        	logallrefupdates = false
        [gc]
        	auto = 0

        """;

    private const string AgentConfig = Config + """
        [user]
        	name = Agent
        	email = agent@localhost

        """;

    /// <summary>Makes the host-owned directory; <paramref name="mirror"/> lends its objects when there is one.</summary>
    public static void CreateForHost(string gitDirectory, string? mirror)
    {
        Create(gitDirectory, Config);
        if (mirror is null)
            EmptyBase.WriteTo(gitDirectory);
        else
            File.WriteAllText(Path.Join(gitDirectory, "objects", "info", "alternates"), Path.Join(mirror, "objects") + "\n");
    }

    /// <summary>Makes a bare directory that fetches will fill.</summary>
    public static void CreateMirror(string gitDirectory) => Create(gitDirectory, MirrorConfig);

    /// <summary>
    /// Makes the throw-away repository that the agent sees, at <paramref name="start"/>: copies, never links, of the objects that the host's directory can reach.
    /// Nothing of it is ever read by the host.
    /// </summary>
    public static void CreateForAgent(string workTree, string hostDirectory, string? mirror, string start)
    {
        var gitDirectory = Path.Join(workTree, ".git");
        Create(gitDirectory, AgentConfig);
        CopyObjects(hostDirectory, gitDirectory);
        if (mirror is not null)
            CopyObjects(mirror, gitDirectory);
        WriteRef(gitDirectory, Branch, start);
        var index = Path.Join(hostDirectory, "index");
        if (File.Exists(index))
            File.Copy(index, Path.Join(gitDirectory, "index"));
        CopyIfThere(hostDirectory, gitDirectory, "shallow");
    }

    /// <summary>Makes the throw-away repository of a workspace that starts empty.</summary>
    public static void CreateEmptyForAgent(string workTree)
    {
        var gitDirectory = Path.Join(workTree, ".git");
        Create(gitDirectory, AgentConfig);
        EmptyBase.WriteTo(gitDirectory);
        WriteRef(gitDirectory, Branch, EmptyBase.Commit);
    }

    /// <summary>Sets a ref of a directory that nobody else uses.</summary>
    public static void WriteRef(string gitDirectory, string name, string commit)
    {
        var file = Path.Join(gitDirectory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, commit + "\n");
    }

    private static void Create(string gitDirectory, string config)
    {
        foreach (var folder in new[] { "objects/info", "objects/pack", "refs/heads", "info" })
            Directory.CreateDirectory(Path.Join(gitDirectory, folder));
        File.WriteAllText(Path.Join(gitDirectory, "HEAD"), $"ref: {Branch}\n");
        File.WriteAllText(Path.Join(gitDirectory, "config"), config);
        File.WriteAllText(Path.Join(gitDirectory, "info", "attributes"), Attributes);
    }

    // Another worker may join the mirror's packs meanwhile: what was named is gone then, and its objects are in a new pack.
    private static void CopyObjects(string from, string to)
    {
        const int tries = 5;
        for (var i = 1; ; i++)
        {
            try
            {
                CopyObjectsOnce(from, to);
                return;
            }
            catch (Exception exception) when (i < tries && exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // Once more, with the names of now.
            }
        }
    }

    private static void CopyObjectsOnce(string from, string to)
    {
        var source = Path.Join(from, "objects");
        foreach (var folder in Directory.EnumerateDirectories(source))
        {
            var name = Path.GetFileName(folder);
            if (name == "info")
                continue;
            var target = Directory.CreateDirectory(Path.Join(to, "objects", name)).FullName;
            foreach (var file in Directory.EnumerateFiles(folder).Where(IsObject))
                File.Copy(file, Path.Join(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static void CopyIfThere(string from, string to, string name)
    {
        if (File.Exists(Path.Join(from, name)))
            File.Copy(Path.Join(from, name), Path.Join(to, name));
    }

    private static bool IsObject(string file) => !Path.GetFileName(file).StartsWith("tmp_", StringComparison.Ordinal) && !file.EndsWith(".lock", StringComparison.Ordinal);
}
