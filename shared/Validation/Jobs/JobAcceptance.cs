using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Projects;

namespace Orchestrator.Validation.Jobs;

/// <summary>The one way from a body to an <see cref="Contracts.Jobs.AcceptedJob"/>, for every door.</summary>
public sealed class JobAcceptance(IProjectCatalog projects, IOptions<PolicyOptions> policy, TimeProvider clock)
{
    /// <summary>The largest body that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Checks and normalises the bytes of a body.</summary>
    public ValueTask<AcceptanceResult> AcceptAsync(ReadOnlyMemory<byte> body, DoorContext door) =>
        throw new NotSupportedException($"lands next {projects} {policy} {clock} {body} {door}");

    /// <summary>Checks and normalises a body that is parsed already.</summary>
    public ValueTask<AcceptanceResult> AcceptAsync(JsonElement body, DoorContext door) =>
        throw new NotSupportedException($"lands next {projects} {policy} {clock} {body} {door}");
}
