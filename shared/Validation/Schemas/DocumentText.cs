using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Schemas;

/// <summary>The limits that every JSON body has, whatever its fields: size, depth, no key twice, text that a database can keep.</summary>
public static class DocumentText
{
    /// <summary>What is wrong with the bytes of a body; empty when nothing is.</summary>
    public static IReadOnlyList<JobProblem> Check(ReadOnlyMemory<byte> body)
    {
        var problems = new ProblemList();
        using var document = BodyParser.Parse(body, problems);
        if (document is not null)
            BodyCheck.Check(document.RootElement, problems);
        return problems.Problems;
    }
}
