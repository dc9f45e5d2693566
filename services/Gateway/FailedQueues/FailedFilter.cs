using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>Which failed messages are meant.</summary>
internal record FailedFilter
{
    [FromQuery(Name = "queue")]
    public string? Queue { get; init; }

    [FromQuery(Name = "code")]
    public string? Code { get; init; }

    [FromQuery(Name = "job")]
    public string? Job { get; init; }

    [FromQuery(Name = "since")]
    public string? Since { get; init; }

    /// <summary>Whether it leaves anything out.</summary>
    protected bool IsEmpty => Queue is null && Code is null && Job is null && Since is null;

    /// <exception cref="RefusedException">400.</exception>
    public IQueryable<FailedMessageRow> Of(IQueryable<FailedMessageRow> rows)
    {
        // The database refuses NUL in text.
        if (Texts.FirstOrDefault(text => text.Value?.Contains('\0', StringComparison.Ordinal) == true).Name is { } name)
            throw Invalid(name, "The text holds NUL.");
        if (Queue is not null)
            rows = rows.Where(row => row.Queue == Queue);
        if (Code is not null)
            rows = rows.Where(row => row.Code == Code);
        if (Job is not null)
            rows = rows.Where(row => row.JobId == Job);
        if (Since is null)
            return rows;
        if (!DateTimeOffset.TryParse(Since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var since))
            throw Invalid("since", "A time is written like 2026-01-31T12:00:00Z.");
        return rows.Where(row => row.ReceivedAt >= since);
    }

    public static RefusedException Invalid(string field, string message) => new(
        new Problem(StatusCodes.Status400BadRequest, "invalid_query", message, $"Correct '{field}'.") { Errors = new Dictionary<string, string[]> { [field] = [message] } });

    private IEnumerable<(string Name, string? Value)> Texts => [("queue", Queue), ("code", Code), ("job", Job), ("since", Since)];

    public override string ToString() => string.Join(' ', Texts
        .Where(part => part.Value is not null).Select(part => $"{part.Name}={(part.Value!.Length > 128 ? part.Value[..128] : part.Value)}").DefaultIfEmpty("all"));
}

/// <summary>A page of a list.</summary>
internal sealed record FailedListing : FailedFilter
{
    private const string Every = "all";

    [FromQuery(Name = "state")]
    public string? State { get; init; }

    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    public int Size => Math.Clamp(Limit ?? 50, 1, 200);

    /// <exception cref="RefusedException">400.</exception>
    public IQueryable<FailedMessageRow> PageOf(IQueryable<FailedMessageRow> rows)
    {
        rows = Of(rows);
        if (State is null)
        {
            rows = rows.Where(row => row.State == FailedState.Open);
        }
        else if (State != Every)
        {
            if (!Enum.TryParse<FailedState>(State, ignoreCase: true, out var state) || !Enum.IsDefined(state) || char.IsDigit(State[0]))
                throw Invalid("state", $"A state is {Every} or one of {string.Join(", ", Enum.GetNames<FailedState>().Select(name => name.ToLowerInvariant()))}.");
            rows = rows.Where(row => row.State == state);
        }

        if (Cursor is not null)
        {
            if (!long.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var before))
                throw Invalid("cursor", "A cursor is the next_cursor of the page before.");
            rows = rows.Where(row => row.Id < before);
        }

        return rows.OrderByDescending(row => row.Id).Take(Size + 1);
    }
}

/// <summary>Many at once. To mean all, say so.</summary>
internal sealed record FailedSelection : FailedFilter
{
    public bool All { get; init; }

    /// <summary>Only count.</summary>
    public bool DryRun { get; init; }

    /// <exception cref="RefusedException">400.</exception>
    public IQueryable<FailedMessageRow> OpenOf(IQueryable<FailedMessageRow> rows)
    {
        if (IsEmpty != All)
            throw Invalid("all", "Name what is meant (queue, code, job, since), or send all: true by itself for every failed message.");
        return Of(rows).Where(row => row.State == FailedState.Open);
    }
}
