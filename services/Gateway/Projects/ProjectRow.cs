namespace Orchestrator.Gateway.Projects;

/// <summary>A project that came through the API. Names a credential, never holds one.</summary>
public sealed class ProjectRow
{
    public string Id { get; set; } = "";

    public string Document { get; set; } = "";

    public DateTimeOffset UpdatedAt { get; set; }

    public string UpdatedBy { get; set; } = "";
}
