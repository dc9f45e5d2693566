using System.CommandLine;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>Options that every command takes.</summary>
public sealed class GlobalOptions
{
    public Option<string?> Server { get; } = new("--server")
    {
        Description = "Address of the gateway [env: ORCH_SERVER; else the dev server of this folder]",
        HelpName = "url",
        Recursive = true,
    };

    public Option<string?> Token { get; } = new("--token")
    {
        Description = "Bearer token, or @file to read it from [env: ORCH_TOKEN]",
        HelpName = "token",
        Recursive = true,
    };

    public Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = "How data is written: table, json, jsonl or name",
        HelpName = "format",
        Recursive = true,
        CustomParser = result => Enum.TryParse<OutputFormat>(result.Tokens[0].Value, ignoreCase: true, out var format) && Enum.IsDefined(format)
            ? format
            : Refuse(result),
    };

    public void AddTo(Command root)
    {
        Output.CompletionSources.Add(_ => ["table", "json", "jsonl", "name"]);
        root.Add(Server);
        root.Add(Token);
        root.Add(Output);
    }

    private static OutputFormat Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"'{result.Tokens[0].Value}' is not an output format. Use table, json, jsonl or name.");
        return OutputFormat.Table;
    }
}
