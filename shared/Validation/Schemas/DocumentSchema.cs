using System.Text.Json;
using NJsonSchema;
using Orchestrator.Contracts.Json;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Schemas;

/// <summary>A published JSON Schema, compiled once per process.</summary>
public sealed class DocumentSchema
{
    private DocumentSchema(string name)
    {
        Name = name;
        using var stream = typeof(ContractJson).Assembly.GetManifestResourceStream($"{name}.schema.json")
            ?? throw new InvalidOperationException($"{name}.schema.json is not embedded in {typeof(ContractJson).Assembly.GetName().Name}.");
        using var reader = new StreamReader(stream);
        Text = reader.ReadToEnd();
        Compiled = JsonSchema.FromJsonAsync(Text).GetAwaiter().GetResult();
    }

    /// <summary>Job files, webhook bodies, messages.</summary>
    public static DocumentSchema Job { get; } = new("job");

    /// <summary><c>result.json</c>.</summary>
    public static DocumentSchema Result { get; } = new("result");

    /// <summary>Schedule files.</summary>
    public static DocumentSchema Schedule { get; } = new("schedule");

    /// <summary>Projects.</summary>
    public static DocumentSchema Project { get; } = new("project");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DocumentSchema> All { get; } = [Job, Result, Schedule, Project];

    /// <summary><c>job</c>, <c>result</c>, <c>schedule</c> or <c>project</c>.</summary>
    public string Name { get; }

    /// <summary>The schema as it is published.</summary>
    public string Text { get; }

    internal JsonSchema Compiled { get; }

    /// <summary>What the schema finds wrong; empty when the document is valid.</summary>
    public IReadOnlyList<JobProblem> Check(JsonElement document)
    {
        var problems = new ProblemList();
        BodyCheck.Check(document, problems);
        if (problems.IsEmpty)
            Check(document, problems);
        return problems.Problems;
    }

    internal void Check(JsonElement document, ProblemList problems) =>
        SchemaProblems.Add(Compiled.Validate(SchemaView.Of(document)), Name, problems);
}
