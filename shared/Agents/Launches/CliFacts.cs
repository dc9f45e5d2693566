using Orchestrator.Agents.Prices;

namespace Orchestrator.Agents.Launches;

/// <summary>What a reader has found in a CLI's output so far.</summary>
internal sealed class CliFacts
{
    private const int MostDenials = 20;
    private const int LongestReport = 256 * 1024;

    private readonly List<string> _denied = [];
    private string _report = "";

    /// <summary>The CLI's session.</summary>
    public string? SessionId { get; set; }

    /// <summary>Whether the event came that says the work is over.</summary>
    public bool IsFinal { get; set; }

    /// <summary>The agent's last words.</summary>
    public string Report
    {
        get => _report;
        set => _report = value.Length > LongestReport ? value[..LongestReport] : value;
    }

    /// <summary>Tokens by model.</summary>
    public Dictionary<string, TokenCount> Used { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Model calls, or 0 when the CLI does not say.</summary>
    public int Calls { get; set; }

    /// <summary>What the CLI says it cost.</summary>
    public decimal? ReportedUsd { get; set; }

    /// <summary>The error that ended the run.</summary>
    public ProviderFailure? Failure { get; set; }

    /// <summary>The error that the CLI met last and tries to get over; null after the next good answer.</summary>
    public ProviderFailure? Trouble { get; set; }

    /// <summary>The turn limit ended it.</summary>
    public bool IsTurnLimit { get; set; }

    /// <summary>The cost limit ended it.</summary>
    public bool IsCostCap { get; set; }

    /// <summary>Set when the run must be ended now: one of the limits above, or a <see cref="Failure"/>, is reached.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Tools that were refused or used without leave, and why.</summary>
    public IReadOnlyList<string> Denied => _denied;

    /// <summary>Notices for people.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>Notes a refused tool.</summary>
    public void Deny(string what)
    {
        if (_denied.Count < MostDenials && !_denied.Contains(what, StringComparer.Ordinal))
            _denied.Add(what);
    }

    /// <summary>Adds tokens of a model.</summary>
    public void Use(string model, TokenCount tokens) => Used[model] = Used.GetValueOrDefault(model, TokenCount.Zero).Plus(tokens);
}
