namespace Orchestrator.Cli.Client;

/// <summary>There was no answer.</summary>
public sealed class ServerUnreachableException(ServerAddress server, Exception? cause = null)
    : Exception($"No answer from {server.Url} (from {server.Origin}).", cause);
