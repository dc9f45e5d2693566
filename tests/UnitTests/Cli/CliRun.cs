using System.Text;
using Orchestrator.Cli;
using Orchestrator.Cli.Output;

namespace Orchestrator.UnitTests.Cli;

/// <summary>One call of the tool in this process, with its own folder, environment and streams.</summary>
public sealed record CliRun(int ExitCode, string Out, string Error)
{
    public static Task<CliRun> Of(CannedServer server, params string[] arguments) =>
        Of(["--server", server.Url, "--token", CannedServer.Token, .. arguments]);

    public static async Task<CliRun> Of(
        IReadOnlyList<string> arguments,
        string? folder = null,
        IReadOnlyDictionary<string, string>? variables = null,
        string input = "",
        bool isTerminal = false,
        int width = 80,
        CancellationToken stop = default)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var terminal = new Terminal(
            output,
            error,
            name => variables is not null && variables.TryGetValue(name, out var value) ? value : null,
            folder ?? Path.GetTempPath(),
            new StringReader(input))
        {
            OutIsTerminal = isTerminal,
            ErrorIsTerminal = isTerminal,
            Width = width,
        };
        var exit = await Orch.RunAsync(arguments, terminal, TimeProvider.System, stop);
        return new CliRun(exit, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
