using System.CommandLine;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>What commands are made with: the terminal, the clock and the options that all share.</summary>
public sealed class CommandScope(Terminal terminal, TimeProvider time, GlobalOptions options)
{
    public Terminal Terminal => terminal;

    public TimeProvider Time => time;

    /// <summary>Gives the command its body.</summary>
    public void Handle(Command command, Func<Session, CancellationToken, Task<int>> body) =>
        command.SetAction(async (parsed, stop) =>
        {
            using var session = Open(parsed);
            return await body(session, stop);
        });

    public Session Open(ParseResult parsed) => new(terminal, time, parsed, options);

    /// <summary>A job by its id or <c>@latest</c>, completed from the server where that answers at once.</summary>
    public Argument<string> Job()
    {
        var argument = Id("job", "Job id, or @latest");
        argument.CompletionSources.Add(context => CompleteJobs(context.ParseResult));
        return argument;
    }

    /// <summary>An id. It becomes a part of a path, where these would name something else.</summary>
    public static Argument<string> Id(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description, HelpName = name };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" or "." or ".." } token])
                result.AddError($"'{token.Value}' is no id.");
        });
        return argument;
    }

    private IEnumerable<string> CompleteJobs(ParseResult? parsed)
    {
        if (parsed is null)
            return ["@latest"];
        try
        {
            using var session = Open(parsed);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            var jobs = session.Server.JobsAsync(20, limit.Token).GetAwaiter().GetResult();
            return ["@latest", .. jobs.Select(job => job.Value.JobId)];
        }
        catch (Exception)
        {
            // A completion that fails offers less; it never disturbs the line that is being typed.
            return ["@latest"];
        }
    }
}
