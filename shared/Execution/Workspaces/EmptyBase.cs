using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Orchestrator.Execution.Workspaces;

/// <summary>The commit that work starts from where there is no commit yet: the same bytes, so the same id, on every machine, and no git needed to have it.</summary>
internal static class EmptyBase
{
    /// <summary>Its id.</summary>
    public const string Commit = "48d3b705a3a983c4c519064489a7b10eb98bdcfd";

    private const string Tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    private const string Text =
        $"tree {Tree}\nauthor {GitIdentity.Name} <{GitIdentity.Email}> {GitIdentity.Seconds} +0000\n"
        + $"committer {GitIdentity.Name} <{GitIdentity.Email}> {GitIdentity.Seconds} +0000\n\nEmpty base\n";

    /// <summary>Writes the commit and its tree as loose objects.</summary>
    public static void WriteTo(string gitDirectory)
    {
        Write(gitDirectory, Tree, "tree", "");
        Write(gitDirectory, Commit, "commit", Text);
    }

    private static void Write(string gitDirectory, string id, string type, string content)
    {
        var folder = Path.Join(gitDirectory, "objects", id[..2]);
        Directory.CreateDirectory(folder);
        using var file = File.Create(Path.Join(folder, id[2..]));
        using var packed = new ZLibStream(file, CompressionLevel.Fastest);
        packed.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{type} {content.Length}\0{content}")));
    }
}
