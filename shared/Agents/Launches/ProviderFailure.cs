using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Launches;

/// <summary>An error of the model's provider, as a CLI words it or as the relay saw it.</summary>
/// <param name="Status">HTTP status, or null when it is not said.</param>
/// <param name="Message">The CLI's words.</param>
/// <param name="RetryAt">When it is over, or null.</param>
internal sealed partial record ProviderFailure(int? Status, string Message, DateTimeOffset? RetryAt = null)
{
    // Where a limit names no end: long enough for a per-minute limit.
    private static readonly TimeSpan UsualWait = TimeSpan.FromMinutes(1);

    private static readonly string[] Unpaid = ["credit balance", "insufficient_quota", "exceeded your current quota", "billing"];
    private static readonly string[] Limits = ["overloaded", "rate limit", "rate_limit", "usage limit", "usage_limit", "too many requests"];
    private static readonly string[] Unreached =
    [
        "connection error", "connection refused", "connection reset", "econnrefused", "econnreset", "enotfound", "eai_again", "etimedout", "unable to connect", "failed to connect",
        "could not resolve", "network error", "network is unreachable", "fetch failed", "timed out", "stream disconnected", "error sending request", "bad gateway", "service unavailable",
    ];

    private static readonly string[] Keys = ["authentication", "unauthorized", "not logged in", "invalid api key", "invalid x-api-key", "incorrect api key", "permission_error"];

    /// <summary>Turns it into a result: limits and outages park, a bad key and a bad request fail for good, the rest may be tried again.</summary>
    public AgentResult ToResult(DateTimeOffset now)
    {
        var status = Status ?? StatusIn(Message);
        if (Says(Unpaid) && status is null or (>= 400 and < 500))
            return Result(StepOutcome.Parked, ErrorCodes.ProviderLimit, "The provider's account has nothing left. Top it up.") with { RetryAt = RetryAt };
        if (status is 429 or 529 || (status is null or >= 500 && Says(Limits)))
        {
            return Result(StepOutcome.Parked, ErrorCodes.ProviderLimit, "The provider's limit is reached or its model is overloaded.") with
            {
                RetryAt = ResetTime.Sane(RetryAt ?? ResetTime.Find(Message, now) ?? now + UsualWait, now),
            };
        }

        if (status is 401 or 403 || (status is null && Says(Keys)))
            return Result(StepOutcome.FailedForGood, ErrorCodes.AgentAuth, "The provider refused the key. Check the secret of the model's upstream.");
        if (status is >= 400 and < 500 and not 408)
            return Result(StepOutcome.FailedForGood, ErrorCodes.AgentFailed, "The provider refused the request.");
        if (status is >= 500 or 408 || Says(Unreached))
            return Result(StepOutcome.Parked, ErrorCodes.ProviderError, "The provider is out of order or cannot be reached.");
        return Result(StepOutcome.Failed, ErrorCodes.ProviderError, "The provider failed.");
    }

    private bool Says(string[] words) => words.Any(word => Message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private AgentResult Result(StepOutcome outcome, string code, string what)
    {
        var said = Message.Length > 500 ? Message[..500] : Message;
        return new AgentResult { Outcome = outcome, ErrorCode = code, Summary = what, ErrorMessage = said.Length == 0 ? what : $"{what} It said: {said}" };
    }

    private static int? StatusIn(string message) =>
        StatusWords().Match(message) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"(?:status(?: code)?:?|API Error:|\()\s*([45]\d\d)\b", RegexOptions.IgnoreCase)]
    private static partial Regex StatusWords();
}
