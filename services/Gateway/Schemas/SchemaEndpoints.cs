using Orchestrator.Gateway.Problems;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Gateway.Schemas;

/// <summary>The JSON Schemas of our documents, byte for byte as they are compiled here, for editors and for whoever checks a job before sending it.</summary>
internal static class SchemaEndpoints
{
    private const string ContentType = "application/schema+json";

    public static void MapSchemas(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/schemas/{name}.schema.json", (string name) =>
                DocumentSchema.All.FirstOrDefault(schema => string.Equals(schema.Name, name, StringComparison.Ordinal)) is { } known
                    ? Results.Text(known.Text, ContentType)
                    : Unknown(name))
            .AllowAnonymous().ExcludeFromDescription();

    private static Problem Unknown(string name) => Problem.NotFound("schema") with
    {
        Detail = $"There is no schema {Validation.Jobs.JsonPath.Shown(name)}.",
        Hint = $"Schemas are {string.Join(", ", DocumentSchema.All.Select(schema => $"/schemas/{schema.Name}.schema.json"))}.",
    };
}
