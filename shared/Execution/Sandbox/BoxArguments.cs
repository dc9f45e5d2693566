using System.Globalization;

namespace Orchestrator.Execution.Sandbox;

/// <summary>Writes bubblewrap's command line. The root is an empty in-memory folder; what is not named here does not exist in the box.</summary>
internal static class BoxArguments
{
    // No whole /etc: it has password hashes, private keys, and tokens of package managers.
    private static readonly string[] SystemFiles =
    [
        "/etc/alternatives", "/etc/ca-certificates.conf", "/etc/crypto-policies", "/etc/debian_version", "/etc/fonts", "/etc/gai.conf", "/etc/host.conf",
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/os-release",
        "/etc/pki/ca-trust/extracted", "/etc/pki/tls/certs", "/etc/pki/tls/cert.pem", "/etc/pki/tls/openssl.cnf", "/etc/protocols", "/etc/services",
        "/etc/ssl/cert.pem", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/terminfo", "/etc/timezone",
    ];

    private static readonly string[] SystemFolders = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // Files below these belong to the host's root. A box made by root maps that user, so they would be writable: core_pattern alone is a way out.
    // Bubblewrap covers only what the folder's own mode shows as writable, and /proc/sys is 0555.
    private static readonly string[] KernelSettings = ["/proc/sys", "/proc/fs", "/proc/driver", "/proc/acpi", "/proc/scsi", "/proc/dynamic_debug"];

    /// <summary>Arguments after the program's own name, up to and with the <c>--</c>.</summary>
    public static List<string> For(BoxLayout layout, string mark, bool freshProc, long memoryFolderBytes)
    {
        var size = memoryFolderBytes.ToString(CultureInfo.InvariantCulture);
        List<string> arguments =
        [
            "--die-with-parent", "--new-session",
            "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
            "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--hostname", mark,
        ];
        if (layout.Network == BoxNetwork.Deny)
            arguments.Add("--unshare-net");
        arguments.AddRange(["--ro-bind", "/usr", "/usr"]);
        foreach (var folder in SystemFolders)
            AddSystemFolder(arguments, folder);
        arguments.AddRange(["--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]);
        AddProc(arguments, freshProc);
        arguments.AddRange(["--size", size, "--tmpfs", "/tmp", "--size", size, "--tmpfs", "/run", "--symlink", "../tmp", "/var/tmp"]);
        AddEtc(arguments, layout.Network);
        AddPaths(arguments, layout);
        arguments.AddRange(["--remount-ro", "/", "--chdir", layout.Workspace, "--"]);
        return arguments;
    }

    private static void AddSystemFolder(List<string> arguments, string folder)
    {
        if (new DirectoryInfo(folder) is { Exists: true } directory)
            arguments.AddRange(directory.LinkTarget is { } target ? ["--symlink", target, folder] : ["--ro-bind", folder, folder]);
    }

    private static void AddProc(List<string> arguments, bool fresh)
    {
        if (!fresh)
        {
            arguments.AddRange(["--ro-bind", "/proc", "/proc"]);
            return;
        }

        arguments.AddRange(["--proc", "/proc"]);
        foreach (var folder in KernelSettings.Where(Directory.Exists))
            arguments.AddRange(["--ro-bind", folder, folder]);
    }

    private static void AddEtc(List<string> arguments, BoxNetwork network)
    {
        foreach (var path in SystemFiles.Where(Path.Exists))
            arguments.AddRange(["--ro-bind", path, path]);
        arguments.AddRange(["--symlink", "/run/box/passwd", "/etc/passwd", "--symlink", "/run/box/group", "/etc/group"]);
        if (network == BoxNetwork.Deny)
            arguments.AddRange(["--symlink", "/run/box/hosts", "/etc/hosts"]);
        else
            arguments.AddRange(["--ro-bind-try", "/etc/hosts", "/etc/hosts", "--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf"]);
    }

    private static void AddPaths(List<string> arguments, BoxLayout layout)
    {
        // Ordinal order puts a folder before what is below it, so that no mount hides another.
        foreach (var path in layout.ReadablePaths.Where(Path.Exists).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            arguments.AddRange(["--ro-bind", path, path]);
        arguments.AddRange([layout.CanWrite ? "--bind" : "--ro-bind", layout.Workspace, layout.Workspace, "--bind", layout.Home, layout.Home]);
        if (layout.Temp is { } temp)
            arguments.AddRange(["--bind", temp, temp]);
        if (layout is { Network: BoxNetwork.Deny, ModelSocket: { } socket })
            arguments.AddRange(["--ro-bind", socket, BoxScript.ModelSocket]);
    }
}
