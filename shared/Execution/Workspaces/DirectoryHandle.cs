using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Orchestrator.Execution.Workspaces;

/// <summary>
/// A folder by descriptor: whoever holds one never follows a link on the way down, and sees names as the bytes that they are
/// (the framework's own enumeration turns names that are not UTF-8 into names that do not exist).
/// </summary>
internal sealed unsafe partial class DirectoryHandle : IDisposable
{
    private const int ReadFolder = 0x10000 /* O_DIRECTORY */ | 0x80000 /* O_CLOEXEC */;
    private const int NoFollow = 0x20000;
    private const int AtNoFollow = 0x100;
    private const int RemoveFolder = 0x200;
    private const int AccessDenied = 13;
    private const uint BasicStats = 0x7ff;

    private readonly int fd;

    private DirectoryHandle(int fd) => this.fd = fd;

    // O_DIRECTORY and O_NOFOLLOW have other numbers on Arm.
    private static (int Folder, int NoFollow) Flags => RuntimeInformation.ProcessArchitecture == Architecture.Arm64
        ? (0x4000 | 0x80000, 0x8000)
        : (ReadFolder, NoFollow);

    /// <summary>Opens the top; the path itself is the host's own and may be reached through links.</summary>
    public static DirectoryHandle Open(string path)
    {
        var fd = OpenAt(-100 /* AT_FDCWD */, System.Text.Encoding.UTF8.GetBytes(path + "\0"), Flags.Folder);
        return fd >= 0 ? new DirectoryHandle(fd) : throw Failed(path);
    }

    /// <summary>Opens a folder inside, not through a link; unlocks it when its owner took the permissions away.</summary>
    public DirectoryHandle OpenFolder(byte[] name)
    {
        var flags = Flags.Folder | Flags.NoFollow;
        var child = OpenAt(fd, name, flags);
        if (child < 0 && Marshal.GetLastPInvokeError() == AccessDenied && ChangeMode(fd, name, 0x1c0 /* rwx------ */, 0) == 0)
            child = OpenAt(fd, name, flags);
        return child >= 0 ? new DirectoryHandle(child) : throw Failed(Text(name));
    }

    /// <summary>What is inside, without <c>.</c> and <c>..</c>.</summary>
    public List<FolderEntry> Read()
    {
        var entries = new List<FolderEntry>();
        var buffer = new byte[32 * 1024];
        fixed (byte* start = buffer)
        {
            nint count;
            while ((count = ReadEntries(fd, start, (nuint)buffer.Length)) > 0)
            {
                for (var at = start; at < start + count; at += *(ushort*)(at + 16))
                {
                    var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at + 19);
                    if (name is not ([(byte)'.'] or [(byte)'.', (byte)'.']))
                        entries.Add(new FolderEntry([.. name, 0], (EntryKind)at[18]));
                }
            }

            if (count < 0)
                throw Failed("a folder");
        }

        return entries;
    }

    /// <summary>Size and time of an entry, not of what it links to.</summary>
    public EntryStatus Status(byte[] name) => TryStatus(name) ?? throw Failed(Text(name));

    /// <summary>The same, or null when there is none.</summary>
    public EntryStatus? TryStatus(byte[] name)
    {
        var buffer = stackalloc byte[256];
        if (StatusOf(fd, name, AtNoFollow, BasicStats, buffer) != 0)
            return null;
        return new EntryStatus(
            *(ushort*)(buffer + 28),
            *(long*)(buffer + 40),
            *(ulong*)(buffer + 32),
            checked((*(long*)(buffer + 96) * 1_000_000_000) + *(uint*)(buffer + 104)));
    }

    /// <summary>Removes a file, link or special file.</summary>
    public void RemoveFile(byte[] name) => Remove(name, 0);

    /// <summary>Removes an empty folder.</summary>
    public void RemoveEmptyFolder(byte[] name) => Remove(name, RemoveFolder);

    /// <summary>Moves an entry of this folder into another one.</summary>
    public void Move(byte[] name, DirectoryHandle target, byte[] newName)
    {
        if (Rename(fd, name, target.fd, newName) != 0)
            throw Failed(Text(name));
    }

    /// <summary>Makes this folder writable for its owner.</summary>
    public void Unlock() => _ = ChangeModeOf(fd, 0x1c0);

    public void Dispose() => _ = Close(fd);

    private void Remove(byte[] name, int flags)
    {
        if (Unlink(fd, name, flags) == 0)
            return;
        Unlock();
        if (Unlink(fd, name, flags) != 0)
            throw Failed(Text(name));
    }

    private static string Text(byte[] name) => System.Text.Encoding.UTF8.GetString(name.AsSpan().TrimEnd((byte)0));

    private static IOException Failed(string name)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{name}: {new Win32Exception(error).Message}");
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(int folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint ReadEntries(int fd, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatusOf(int folder, byte[] name, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int Unlink(int folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static partial int Rename(int from, byte[] name, int to, byte[] newName);

    [LibraryImport("libc", EntryPoint = "fchmodat", SetLastError = true)]
    private static partial int ChangeMode(int folder, byte[] name, uint mode, int flags);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeModeOf(int fd, uint mode);
}

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Its bytes and a NUL.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct FolderEntry(byte[] Name, EntryKind Kind);

/// <summary>Numbers of getdents64(2).</summary>
internal enum EntryKind : byte
{
    Unknown = 0,
    Folder = 4,
    File = 8,
    Link = 10,
}

/// <summary>What statx(2) says of an entry.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Inode">Number of the file.</param>
/// <param name="ChangedAt">Nanoseconds since 1970 of the last change of content or status; no program can set it.</param>
internal readonly record struct EntryStatus(ushort Mode, long Length, ulong Inode, long ChangedAt)
{
    public EntryKind Kind => (Mode >> 12) switch { 4 => EntryKind.Folder, 8 => EntryKind.File, 10 => EntryKind.Link, _ => EntryKind.Unknown };
}
