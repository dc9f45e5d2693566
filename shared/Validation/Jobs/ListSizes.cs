using System.Text.Json;

namespace Orchestrator.Validation.Jobs;

/// <summary>Bounds the work that a body can make before the schema looks at it: 80,000 empty steps fit into 256 KiB and would be 80,000 times four problems.</summary>
internal static class ListSizes
{
    public const int MostItems = 5000;

    public static void Check(JsonElement body, string path, int maxSteps, ProblemList problems)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return;
        if (body.TryGetProperty("steps", out var steps) && steps.ValueKind == JsonValueKind.Array)
        {
            var count = steps.GetArrayLength();
            if (count > maxSteps)
                problems.Add($"{path}.steps", ProblemCodes.TooManySteps, $"The job has {count} steps, at most {maxSteps} are taken.", "Split it into several jobs.");
            else
                CheckItems(steps, $"{path}.steps", problems);
        }

        CheckFields(body, path, problems);
        if (body.TryGetProperty("policy", out var policy) && policy.ValueKind == JsonValueKind.Object)
            CheckFields(policy, $"{path}.policy", problems);
    }

    private static void CheckItems(JsonElement steps, string path, ProblemList problems)
    {
        foreach (var (index, step) in steps.EnumerateArray().Index())
        {
            if (step.ValueKind == JsonValueKind.Object)
                CheckFields(step, JsonPath.Item(path, index), problems);
        }
    }

    private static void CheckFields(JsonElement value, string path, ProblemList problems)
    {
        foreach (var field in value.EnumerateObject())
        {
            var at = JsonPath.Field(path, field.Name);
            if (field.Value.ValueKind == JsonValueKind.Array && field.Value.GetArrayLength() > MostItems && !problems.Has(at))
                problems.Add(at, ProblemCodes.InvalidValue, $"The list has {field.Value.GetArrayLength()} items, at most {MostItems} are taken.", "Shorten it.");
        }
    }
}
