namespace Orchestrator.Cli.Output;

public enum OutputFormat
{
    Table,
    Json,
    Jsonl,
    Name,
}
