using System.Globalization;
using System.Text;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Deletes what a launch left, whatever that is: links are not followed, locked folders are unlocked, names need not be UTF-8, depth is no matter.</summary>
internal static class FolderRemoval
{
    // One descriptor a level: what lies deeper is moved up first.
    private const int MaxDepth = 64;

    /// <summary>Deletes the folder; harmless when there is none.</summary>
    public static void Run(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        if (OperatingSystem.IsLinux())
        {
            using var top = DirectoryHandle.Open(folder);
            var moved = 0;
            // Whatever was moved up is there for the next round.
            do
                Empty(top, top, 0, ref moved);
            while (top.Read().Count > 0);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deletes an entry of a folder of which only the top is the host's own; a link is deleted, not followed. Harmless when there is none.</summary>
    public static void RemoveEntry(string folder, ReadOnlySpan<byte> name)
    {
        using var top = DirectoryHandle.Open(folder);
        byte[] terminated = [.. name, 0];
        if (top.TryStatus(terminated) is { } status)
            Remove(top, new FolderEntry(terminated, status.Kind));
    }

    /// <summary>Deletes an entry of a folder with all that is in it.</summary>
    public static void Remove(DirectoryHandle folder, FolderEntry entry)
    {
        var kind = entry.Kind == EntryKind.Unknown ? folder.Status(entry.Name).Kind : entry.Kind;
        if (kind != EntryKind.Folder)
        {
            folder.RemoveFile(entry.Name);
            return;
        }

        var moved = 0;
        using (var inner = folder.OpenFolder(entry.Name))
        {
            do
                Empty(inner, inner, 0, ref moved);
            while (inner.Read().Count > 0);
        }

        folder.RemoveEmptyFolder(entry.Name);
    }

    private static void Empty(DirectoryHandle top, DirectoryHandle folder, int depth, ref int moved)
    {
        foreach (var entry in folder.Read())
        {
            var kind = entry.Kind == EntryKind.Unknown ? folder.Status(entry.Name).Kind : entry.Kind;
            if (kind != EntryKind.Folder)
            {
                folder.RemoveFile(entry.Name);
            }
            else if (depth == MaxDepth)
            {
                folder.Unlock();
                folder.Move(entry.Name, top, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".moved-up-{moved++}\0")));
            }
            else
            {
                using (var inner = folder.OpenFolder(entry.Name))
                    Empty(top, inner, depth + 1, ref moved);
                folder.RemoveEmptyFolder(entry.Name);
            }
        }
    }
}
