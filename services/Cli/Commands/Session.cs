using System.CommandLine;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>One call of one command.</summary>
public sealed class Session(Terminal terminal, TimeProvider time, ParseResult parsed, GlobalOptions options) : IDisposable
{
    private OrchestratorClient? _server;

    public Terminal Terminal => terminal;

    public TimeProvider Time => time;

    public ParseResult Parsed => parsed;

    public Printer Printer { get; } = new(terminal, parsed.GetValue(options.Output));

    /// <summary>The server, found when it is first needed.</summary>
    public OrchestratorClient Server => _server ??= new OrchestratorClient(Address(), time);

    public ServerAddress Address() =>
        ServerAddress.Find(parsed.GetValue(options.Server), Token(parsed.GetValue(options.Token)), terminal.Variable, terminal.Folder);

    /// <summary>The id that was meant: <c>@latest</c> is the newest job that the token may see.</summary>
    public async Task<string> JobIdAsync(Argument<string> argument, CancellationToken stop)
    {
        var id = parsed.GetRequiredValue(argument);
        if (!string.Equals(id, "@latest", StringComparison.Ordinal))
            return id;
        var newest = await Server.JobsAsync(1, stop);
        return newest.Count == 1
            ? newest[0].Value.JobId
            : throw new UsageException("There is no job yet.", "Submit one: orch submit --goal …", ExitCodes.NotFound);
    }

    public void Dispose() => _server?.Dispose();

    private string? Token(string? given)
    {
        if (given is not ['@', .. var path])
            return given;
        try
        {
            return File.ReadAllText(Path.Combine(terminal.Folder, path)).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The token file cannot be read: {problem.Message}");
        }
    }
}
