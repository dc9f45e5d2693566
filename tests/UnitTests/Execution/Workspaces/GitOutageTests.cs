using AwesomeAssertions;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Workspaces;

public sealed class GitOutageTests
{
    // As git 2.39 with curl 7.88 and OpenSSH 9.2 say it.
    [Theory]
    [InlineData("fatal: unable to access 'https://git.example.org/x.git/': Could not resolve host: git.example.org", "address")]
    [InlineData("fatal: unable to access 'https://127.0.0.1:1/x.git/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server", "address")]
    [InlineData("ssh: connect to host git.example.org port 22: Connection refused\nfatal: Could not read from remote repository.", "address")]
    [InlineData("ssh: Could not resolve hostname git.example.org: Name or service not known\nfatal: Could not read from remote repository.", "address")]
    [InlineData("fatal: unable to access 'https://git.example.org/x.git/': The requested URL returned error: 503", "server")]
    [InlineData("fatal: unable to access 'https://git.example.org/x.git/': CONNECT tunnel failed, response 503", "server")]
    [InlineData("error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502\nfatal: expected 'packfile'", "server")]
    [InlineData("fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output", "server")]
    [InlineData("kex_exchange_identification: Connection closed by remote host\nfatal: Could not read from remote repository.", "server")]
    [InlineData("error: unable to create temporary file: No space left on device\nfatal: failed to write object", "disk")]
    [InlineData("git@git.example.org: Permission denied (publickey).\nfatal: Could not read from remote repository.", "")]
    [InlineData("fatal: unable to access 'https://git.example.org/x.git/': The requested URL returned error: 403", "")]
    [InlineData("remote: Repository not found.\nfatal: repository 'https://git.example.org/x.git/' not found", "")]
    [InlineData("fatal: Authentication failed for 'https://git.example.org/x.git/'", "")]
    [InlineData("fatal: '/srv/x.git' does not appear to be a git repository", "")]
    public void Who_cannot_answer_is_told_from_who_refuses(string said, string whose)
    {
        (string Whose, bool Is)[] told = [("address", GitOutage.IsOfAddress(said)), ("server", GitOutage.IsOfServer(said)), ("disk", GitOutage.IsOfDisk(said))];

        string.Join(", ", told.Where(one => one.Is).Select(one => one.Whose)).Should().Be(whose);
    }
}
