using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Execution.Sandbox;
using Orchestrator.UnitTests.Execution.Processes;

namespace Orchestrator.UnitTests.Execution.Sandbox;

public sealed class AgentBoxTests : IDisposable
{
    private readonly BoxFixture box = new();

    [Fact]
    public async Task Only_the_launchs_own_folders_are_seen_of_the_host()
    {
        var probe = $"""
            cat {box.Root}/canary 2>/dev/null
            ls -A /root /home /var/lib 2>/dev/null | head -3
            cat /etc/shadow 2>/dev/null | head -1
            ls {box.Root}
            """;

        var boxed = await box.ShellAsync(probe);
        var unboxed = await box.ShellAsync(probe, boxed: false);

        boxed.Output.Should().NotContain("of the host").And.NotContain("root:").And.EndWith("home\ntmp\nwork\n");
        unboxed.Output.Should().Contain("of the host", "the probe bites");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_workspace_is_writable_exactly_when_a_tool_can_write(bool canWrite)
    {
        const string Script = "echo changed > README.md; echo new > new.txt; echo kept > $HOME/x && echo kept > $TMPDIR/x && echo private folders work";

        var (_, output) = await box.ShellAsync(Script, box.Layout(canWrite));

        (await File.ReadAllTextAsync(Path.Join(box.Workspace, "README.md"))).Should().Be(canWrite ? "changed\n" : "hello\n");
        File.Exists(Path.Join(box.Workspace, "new.txt")).Should().Be(canWrite);
        output.Should().Contain("private folders work");
    }

    [Theory]
    [InlineData("touch /usr/planted")]
    [InlineData("touch /etc/planted")]
    [InlineData("touch /planted")]
    [InlineData("echo /planted > /proc/sys/kernel/core_pattern")]
    [InlineData("mount -o remount,bind,rw /usr && touch /usr/planted")]
    [InlineData("mknod planted b 8 0")]
    [InlineData("chown 0:0 README.md && chmod u+s README.md && test \"$(stat -c %u README.md)\" = 0")]
    [InlineData("kill -0 $PPID && kill -0 $(cat outer-pid)")]
    [InlineData("ls /proc/$(cat outer-pid)/environ")]
    [InlineData("chroot / true")]
    [InlineData("hostname planted")]
    public async Task Ways_out_are_shut(string attempt)
    {
        await File.WriteAllTextAsync(Path.Join(box.Workspace, "outer-pid"), $"{Environment.ProcessId}\n");

        var (exit, output) = await box.ShellAsync($"if {{ {attempt}; }} 2>/dev/null; then echo escaped; else echo shut; fi");

        (exit.ExitCode, output.Trim()).Should().Be((0, "shut"));
    }

    [Fact]
    public async Task The_environment_is_the_adapters_list_and_five_names_of_the_box()
    {
        Environment.SetEnvironmentVariable("ORCHESTRATOR_TEST_SECRET", "host-canary");

        var (_, output) = await box.ShellAsync("cat /proc/self/environ | tr '\\0' '\\n'; echo; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c canary", environment: new Dictionary<string, string> { ["GIVEN"] = "yes", ["HOME"] = "/stolen" });

        var names = output.Split('\n').Where(line => line.Contains('=')).Select(line => line.Split('=')[0]);
        names.Except(["TRACEPARENT", "PWD", "SHLVL", "_"]).Should().BeEquivalentTo("GIVEN", "PATH", "HOME", "TMPDIR", "LANG");
        output.Should().NotContain("/stolen").And.EndWith("\n0\n");
    }

    [Fact]
    public async Task Without_network_nothing_of_the_hosts_is_reached()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        using var abstractSocket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var name = $"orchestrator-test-{Guid.NewGuid():N}";
        abstractSocket.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
        abstractSocket.Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var address = NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(own => own.Address)
            .FirstOrDefault(own => own.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(own)) ?? IPAddress.Loopback;
        var probe = $"""
            (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo reached loopback
            (exec 3<>/dev/tcp/{address}/{port}) 2>/dev/null && echo reached address
            socat -u /dev/null ABSTRACT-CONNECT:{name} 2>/dev/null && echo reached abstract socket
            echo interfaces $(grep -c : /proc/net/dev) routes $(($(wc -l < /proc/net/route) - 1))
            """;

        var denied = await box.ShellAsync(probe);
        var allowed = await box.ShellAsync(probe, box.Layout(network: BoxNetwork.Allow));

        denied.Output.Should().Be("interfaces 1 routes 0\n");
        allowed.Output.Should().Contain("reached loopback\nreached address\nreached abstract socket\n", "the probe bites");
    }

    [Fact]
    public async Task Nothing_that_a_boxed_program_leaves_behind_survives_it()
    {
        var seconds = FakeAgentProgram.UniqueSeconds();

        var (exit, output) = await box.ShellAsync($"""
            setsid sleep {seconds} &
            (env -i setsid sh -c 'trap "" TERM HUP; sleep {seconds} & exec sleep {seconds}' &)
            nohup sleep {seconds} >/dev/null 2>&1 &
            until [ "$(cat /proc/*/comm 2>/dev/null | grep -c sleep)" -ge 4 ]; do :; done
            echo ready
            exit 5
            """);

        (exit.ExitCode, output).Should().Be((5, "ready\n"));
        FakeAgentProgram.Sleepers(seconds).Should().BeEmpty();
    }

    [Fact]
    public async Task Signals_and_exit_codes_are_the_programs_own()
    {
        (await box.ShellAsync("exit 42")).Exit.Should().Be(new BoxExit(42, null, BoxEnd.Exited));
        (await box.ShellAsync("kill -SEGV $$")).Exit.Should().Be(new BoxExit(null, 11, BoxEnd.Exited));
    }

    [Fact]
    public void An_adapters_files_are_written_into_the_home_and_nowhere_else()
    {
        var layout = box.Layout();
        HomeFiles.Write(layout.Home, new Dictionary<string, string> { [".config/tool/settings.json"] = "{}" });
        Directory.CreateSymbolicLink(Path.Join(layout.Home, "link"), box.Root);

        var through = () => HomeFiles.Write(layout.Home, new Dictionary<string, string> { ["link/planted"] = "x" });
        var above = () => HomeFiles.Write(layout.Home, new Dictionary<string, string> { ["../planted"] = "x" });

        File.GetUnixFileMode(Path.Join(layout.Home, ".config/tool/settings.json")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        through.Should().Throw<IOException>();
        above.Should().Throw<ArgumentException>();
        File.Exists(Path.Join(box.Root, "planted")).Should().BeFalse();
    }

    public void Dispose() => box.Dispose();
}
