using AwesomeAssertions;
using Orchestrator.Cli;
using Orchestrator.Cli.Client;

namespace Orchestrator.UnitTests.Cli.Client;

public sealed class ServerAddressTests
{
    private static readonly Func<string, string?> NoVariables = _ => null;

    [Fact]
    public void The_dev_server_is_found_from_a_folder_below_it()
    {
        using var folder = DevFolder("secret");
        var below = Directory.CreateDirectory(Path.Combine(folder.Path, "src", "deep")).FullName;

        var address = ServerAddress.Find(null, null, NoVariables, below);

        address.Url.Should().Be(new Uri("http://127.0.0.1:7077/"));
        address.Token.Should().Be("secret");
    }

    [Fact]
    public void The_dev_token_is_never_sent_to_a_server_that_was_named()
    {
        using var folder = DevFolder("secret");

        var address = ServerAddress.Find("https://elsewhere.example", null, NoVariables, folder.Path);

        address.Token.Should().BeNull();
    }

    [Fact]
    public void The_option_wins_over_the_environment()
    {
        var address = ServerAddress.Find("one:1", "a", name => name == "ORCH_SERVER" ? "two:2" : "b", "/");

        address.Url.Should().Be(new Uri("http://one:1/"));
        address.Token.Should().Be("a");
        address.Origin.Should().Be("--server");
    }

    [Fact]
    public void A_token_file_that_others_can_read_is_refused()
    {
        using var folder = DevFolder("secret");
        var token = Path.Combine(folder.Path, ".orch", "token");
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var find = () => ServerAddress.Find(null, null, NoVariables, folder.Path);

        find.Should().Throw<UsageException>().Which.Hint.Should().Contain("chmod 600");
    }

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("http://user:password@host")]
    [InlineData("http://")]
    public void What_is_no_http_address_is_refused(string url)
    {
        var find = () => ServerAddress.Find(url, null, NoVariables, "/");

        find.Should().Throw<UsageException>();
    }

    private static TemporaryFolder DevFolder(string token)
    {
        var folder = new TemporaryFolder();
        folder.File(".orch/server.json", """{"url":"http://127.0.0.1:7077"}""");
        File.SetUnixFileMode(folder.File(".orch/token", token + "\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return folder;
    }
}
