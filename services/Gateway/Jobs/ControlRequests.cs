using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Jobs;

internal abstract record ControlRequest
{
    /// <summary>The step that is meant; null is whatever waits. A method, so that a request without the field refuses it.</summary>
    public virtual string? AtStep() => null;

    public virtual Problem? Refusal() => null;

    /// <summary>What the audit says of it.</summary>
    public virtual string Deed() => "sent";
}

internal sealed record CancelRequest : ControlRequest
{
    public string? Comment { get; init; }

    public override Problem? Refusal() => ControlEndpoints.TooLong(Comment);
}

internal sealed record RetryRequest : ControlRequest
{
    public string? Comment { get; init; }

    public override Problem? Refusal() => ControlEndpoints.TooLong(Comment);
}

internal sealed record WakeRequest : ControlRequest
{
    public string? Step { get; init; }

    public override string? AtStep() => Step;
}

/// <summary>Approval or rejection.</summary>
internal sealed record Verdict : ControlRequest
{
    public string? Comment { get; init; }

    public string? Step { get; init; }

    public override string? AtStep() => Step;

    public override Problem? Refusal() => ControlEndpoints.TooLong(Comment);
}

/// <summary>How a merge conflict ends: one side, or a commit.</summary>
internal sealed record Resolution : ControlRequest
{
    public string? Comment { get; init; }

    public string? Step { get; init; }

    public override string? AtStep() => Step;

    /// <summary>The step whose side wins.</summary>
    public string? Take { get; init; }

    /// <summary>A commit to use instead, 7 to 64 hex characters.</summary>
    public string? Commit { get; init; }

    public override Problem? Refusal()
    {
        if (Take is null == Commit is null)
            return ControlEndpoints.Invalid("$", "Name either 'take' (the step whose side wins) or 'commit'.");
        if (Commit is not null && (Commit.Length is < 7 or > 64 || !Commit.All(char.IsAsciiHexDigit)))
            return ControlEndpoints.Invalid("$.commit", "A commit is 7 to 64 hex characters.");
        return ControlEndpoints.TooLong(Comment);
    }
}

/// <summary>What looks like a secret and may be shown.</summary>
internal sealed record ReleaseRequest : ControlRequest
{
    private const int Most = 100;
    private const int Length = 16;

    public string? Comment { get; init; }

    /// <summary>Which of what was found, as 'parked' names them: 16 hex characters each.</summary>
    public IReadOnlyList<string>? Fingerprints { get; init; }

    public override Problem? Refusal()
    {
        if (Fingerprints is not { Count: > 0 and <= Most })
            return ControlEndpoints.Invalid("$.fingerprints", $"Name 1 to {Most} fingerprints of what was found; 'parked' of the job shows them.");
        for (var at = 0; at < Fingerprints.Count; at++)
        {
            if (Fingerprints[at] is not { Length: Length } fingerprint || !fingerprint.All(char.IsAsciiHexDigitLower))
                return ControlEndpoints.Invalid($"$.fingerprints[{at}]", $"A fingerprint is {Length} lower-case hex characters.");
        }

        return ControlEndpoints.TooLong(Comment);
    }

    public override string Deed() => $"sent: {string.Join(", ", Fingerprints ?? [])}";
}

internal sealed record ControlView(string JobId, JobStatus Status, string Requested, IReadOnlyDictionary<string, string> Links);
