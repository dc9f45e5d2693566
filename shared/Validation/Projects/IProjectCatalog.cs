using Orchestrator.Contracts.Projects;

namespace Orchestrator.Validation.Projects;

/// <summary>The projects that are configured, from files and from the API.</summary>
public interface IProjectCatalog
{
    /// <summary>The project of exactly this id, or null.</summary>
    ValueTask<ProjectDocument?> FindAsync(string id);
}
