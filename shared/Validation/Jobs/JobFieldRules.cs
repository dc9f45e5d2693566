using Orchestrator.Contracts.Jobs;
using Orchestrator.Validation.Projects;

namespace Orchestrator.Validation.Jobs;

/// <summary>What a schema cannot say of single fields.</summary>
internal static class JobFieldRules
{
    private const int LongestKey = 255;

    public static void Check(JobDocument job, bool hasProject, DoorContext door, ProblemList problems)
    {
        // The id is a folder of the artifact store, which keeps such names for temporary files.
        if (job.JobId.StartsWith(".tmp-", StringComparison.Ordinal))
            problems.Add("$.job_id", ProblemCodes.InvalidValue, "A job id may not start with '.tmp-'.", "Choose another id, or leave it out.");
        if (job.CallbackUrl is { } url)
            CheckCallback(url, problems);
        if (job.BaseRef is { } reference)
        {
            if (!hasProject)
                problems.Add("$.base_ref", ProblemCodes.Contradiction, "A job without a project starts from an empty workspace, which has no refs.", "Set project_id, or take base_ref out.");
            else if (!GitRefRules.IsRef(reference))
                problems.Add("$.base_ref", ProblemCodes.InvalidValue, $"{JsonPath.Shown(reference)} is not a git ref.", GitRefRules.Form);
        }

        if (door.IdempotencyKey is { } key && (key.Length is 0 or > LongestKey || key.Any(char.IsControl)))
            problems.Add("Idempotency-Key", ProblemCodes.InvalidValue, "The header must have 1 to 255 printable characters.", "Send a UUID, for example.");
    }

    private static void CheckCallback(string url, ProblemList problems)
    {
        const string path = "$.callback_url";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || !(uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
            problems.Add(path, ProblemCodes.InvalidValue, "Not an absolute http or https URI.", "Write it in full: https://ci.example.org/hook.");
        else if (uri.UserInfo.Length > 0)
            problems.Add(path, ProblemCodes.CredentialsInUrl, "The URI carries a user name or password, which would be stored with the job.", "Take them out; the callback is signed, the receiver can check who sends it.");
    }
}
