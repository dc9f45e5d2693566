using System.Text;
using CliWrap;

namespace Orchestrator.UnitTests.Cli;

/// <summary>A small git repository with one commit.</summary>
public sealed class Checkout : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public static async Task<Checkout> CreateAsync()
    {
        var checkout = new Checkout();
        await checkout.GitAsync("init", "-q", "-b", "main");
        checkout.Write("src/app.txt", "one\ntwo\nthree\nfour\nfive\n");
        await checkout.CommitAsync("Start");
        return checkout;
    }

    public string Write(string name, string text) => _folder.File(name, text);

    public string Read(string name) => File.ReadAllText(System.IO.Path.Combine(Path, name));

    public async Task<string> CommitAsync(string subject)
    {
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", subject);
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    public async Task<string> GitAsync(params string[] arguments)
    {
        var output = new StringBuilder();
        await CliWrap.Cli.Wrap("git").WithArguments(["-C", Path, .. arguments]).WithStandardOutputPipe(PipeTarget.ToStringBuilder(output)).ExecuteAsync();
        return output.ToString();
    }

    public void Dispose() => _folder.Dispose();
}
