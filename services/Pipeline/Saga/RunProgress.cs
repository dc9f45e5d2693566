using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Flow;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>How far a run has come. Changed by the saga only, one message at a time.</summary>
public sealed class RunProgress
{
    /// <summary>Launches of all steps so far, earlier runs included; the next launch's fencing token is one more.</summary>
    public long Launches { get; set; }

    /// <summary>Launches of earlier runs.</summary>
    public long EarlierLaunches { get; set; }

    /// <summary>What earlier runs cost, micro-dollars.</summary>
    public long EarlierMicroUsd { get; set; }

    /// <summary>Steps that keep the result of an earlier run; null in the first run.</summary>
    public List<string>? Reused { get; set; }

    /// <summary>Whether the run has begun: a step is or was on its way, or a person was asked.</summary>
    public bool Started { get; set; }

    /// <summary>The base commit that the first launch resolved.</summary>
    public string? BaseCommit { get; set; }

    /// <summary>Whether the whole job waits for its first approval.</summary>
    public bool AwaitingApproval { get; set; }

    /// <summary>When the whole job was last told to wait; null is never.</summary>
    public DateTimeOffset? ParkedAt { get; set; }

    /// <summary>What people said; reaches every later prompt.</summary>
    public List<string> Comments { get; set; } = [];

    /// <summary>Fingerprints of secrets that people have released; null while none were.</summary>
    public List<string>? ReleasedSecrets { get; set; }

    /// <summary>Sum of every accepted report.</summary>
    public AgentUsage Usage { get; set; } = new();

    /// <summary>Who cancelled and why, or null.</summary>
    public string? CancelReason { get; set; }

    /// <summary>A person's rejection of the whole job, or null.</summary>
    public string? Rejection { get; set; }

    /// <summary>Whether everybody was told that nothing moves.</summary>
    public bool Halted { get; set; }

    /// <summary>The steps in listed order.</summary>
    public List<StepProgress> Steps { get; set; } = [];

    /// <summary>The step of this id, compared exactly; null when there is none.</summary>
    public StepProgress? Find(string stepId) => Steps.Find(step => string.Equals(step.Id, stepId, StringComparison.Ordinal));

    /// <summary>Where each step stands.</summary>
    public Dictionary<string, StepPhase> Phases() => Steps.ToDictionary(step => step.Id, step => step.Phase, StringComparer.Ordinal);

    /// <summary>The earliest moment at which the sweep must look at the run; null is never.</summary>
    public DateTimeOffset? DueAt() => Steps.Min(step => step.DueAt);

    /// <summary>Whether any launch is on its way, or waits for a place.</summary>
    public bool InFlight => Steps.Exists(step => step.InFlight);

    /// <summary>Whether any launch is on its way that somebody may still take.</summary>
    public bool Moving => Steps.Exists(step => step.Parked is null && step.Stage is not (StepStage.None or StepStage.Parked));
}

/// <summary>How far a step has come.</summary>
public sealed class StepProgress
{
    /// <summary>The step.</summary>
    public string Id { get; set; } = "";

    /// <summary>Where it stands in the order of steps.</summary>
    public StepPhase Phase { get; set; }

    /// <summary>What an active step is doing.</summary>
    public StepStage Stage { get; set; }

    /// <summary>Visit, from 1.</summary>
    public int Visit { get; set; } = 1;

    /// <summary>Launch within the visit, from 1; 0 before the first.</summary>
    public int Attempt { get; set; }

    /// <summary>Agent failures within the visit.</summary>
    public int Failures { get; set; }

    /// <summary>Lost launches within the visit.</summary>
    public int Lost { get; set; }

    /// <summary>Fencing token of the current launch.</summary>
    public long Token { get; set; }

    /// <summary>Why it is parked, or null.</summary>
    public ParkReason? Parked { get; set; }

    /// <summary>When it was last told to wait; null is never.</summary>
    public DateTimeOffset? ParkedAt { get; set; }

    /// <summary>What every launch finds missing (agent, sandbox, or a service that is out of order); null while none did.</summary>
    public ParkReason? Unavailable { get; set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? UnavailableSince { get; set; }

    /// <summary>Launches that found an outage, or an account that had nothing left, since one found neither.</summary>
    public int Probes { get; set; }

    /// <summary>Whether a jump ahead left it out of this visit.</summary>
    public bool PassedOver { get; set; }

    /// <summary>What its row among the ready steps says; null without a row.</summary>
    public PlaceState? Place { get; set; }

    /// <summary>When the sweep looks at it; null is never.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>How often the current command was sent again.</summary>
    public int Resent { get; set; }

    /// <summary>Whether a person has approved this visit's start.</summary>
    public bool Approved { get; set; }

    /// <summary>What earlier visits and failures said to this step.</summary>
    public List<string> Comments { get; set; } = [];

    /// <summary>How a person ended the merge conflict of what it starts from, or null.</summary>
    public MergeResolution? Resolution { get; set; }

    /// <summary>Money that the current launch may spend, micro-dollars; null is no cap.</summary>
    public long? CapMicroUsd { get; set; }

    /// <summary>What the step itself made in an earlier visit, or null.</summary>
    public StepWork? EarlierWork { get; set; }

    /// <summary>What the current launch starts from.</summary>
    public IReadOnlyList<StepWork> StartFrom { get; set; } = [];

    /// <summary>The newest accepted report.</summary>
    public StepFinished? Report { get; set; }

    /// <summary>Whether a launch of it is on its way, or waits for a place.</summary>
    internal bool InFlight => Stage is StepStage.Queued or StepStage.Reserving or StepStage.Dispatched or StepStage.Running;

    /// <summary>Forgets the visit and begins the next one, if this one has begun.</summary>
    public void VisitAgain()
    {
        if (Attempt > 0)
            Visit++;
        // What is withheld is handed on to nobody, not to the step itself either: its patch would show what it takes away.
        if (Report is { Changed: true, IsSealed: false, Work: { } work })
            EarlierWork = work;
        Phase = StepPhase.Waiting;
        Stage = StepStage.None;
        Attempt = Failures = Lost = Resent = 0;
        Parked = null;
        DueAt = null;
        ForgetTrouble();
        Approved = PassedOver = false;
    }

    /// <summary>Puts it back among what has not begun: it starts when the base of the run is known.</summary>
    public void AwaitBase()
    {
        Phase = StepPhase.Waiting;
        Stage = StepStage.None;
        Parked = null;
        DueAt = null;
    }

    /// <summary>Ends the step's part in the run.</summary>
    public void End(StepPhase phase)
    {
        Phase = phase;
        Stage = StepStage.None;
        Parked = null;
        DueAt = null;
        ForgetTrouble();
    }

    /// <summary>Takes what people have released out of what was found. The work is no longer withheld when nothing is left; work that nobody could look at stays so.</summary>
    public void Release(IReadOnlyCollection<string> fingerprints)
    {
        if (Report is not { IsSealed: true, Secrets.Count: > 0 } report)
            return;
        var left = report.Secrets.Where(secret => !fingerprints.Contains(secret.Fingerprint)).ToList();
        Report = report with { Secrets = left, SecretsPassed = left.Count == 0 };
    }

    /// <summary>Nothing is missing any more.</summary>
    public void ForgetTrouble()
    {
        (Unavailable, UnavailableSince) = (null, null);
        Probes = 0;
    }
}

/// <summary>What an active step is doing.</summary>
public enum StepStage
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Waits for the budget's answer.</summary>
    Reserving,

    /// <summary>Sent to the runner's queue.</summary>
    Dispatched,

    /// <summary>A runner holds the lease.</summary>
    Running,

    /// <summary>Waits for a reason and a wake condition; holds no runner.</summary>
    Parked,

    /// <summary>Ready; waits for a place with the runners of its role. Holds no money.</summary>
    Queued,
}
