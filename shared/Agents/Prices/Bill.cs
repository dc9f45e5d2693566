using System.Globalization;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Prices;

/// <summary>What a launch cost: its tokens by our price list, with the CLI's own figure kept beside it.</summary>
/// <param name="Usage">For the ledger.</param>
/// <param name="Notices">For people.</param>
internal sealed record Bill(AgentUsage Usage, IReadOnlyList<string> Notices)
{
    private const decimal Million = 1_000_000m;
    private const decimal NoticedDifference = 0.01m;

    /// <summary>Writes the bill. Nothing is free: a model that is not listed costs what the dearest does.</summary>
    public static Bill Of(PriceList prices, IReadOnlyDictionary<string, TokenCount> used, decimal? reportedUsd, int calls, string? model)
    {
        var notices = new List<string>();
        var cost = 0m;
        var total = TokenCount.Zero;
        foreach (var (name, tokens) in used)
        {
            var price = prices.Find(name);
            if (price is null && tokens != TokenCount.Zero)
                notices.Add($"ERROR: the price list of {prices.Date:yyyy-MM-dd} has no price for '{name}'; it was billed at the dearest price in the list. Add it to {AgentsOptions.Section}:{nameof(AgentsOptions.PricesFile)}.");
            cost += (price ?? prices.Dearest).Of(tokens);
            total = total.Plus(tokens);
        }

        // A part of a micro-dollar is rounded up, once.
        var microUsd = (long)Math.Ceiling(cost);
        var reported = reportedUsd is { } usd ? (long)Math.Round(usd * Million, MidpointRounding.AwayFromZero) : (long?)null;
        if (reported is { } said && Math.Abs(said - cost) > NoticedDifference * Math.Max(said, cost))
            notices.Add(string.Create(CultureInfo.InvariantCulture, $"The agent says that it cost {said / Million} US dollars, our price list of {prices.Date:yyyy-MM-dd} says {microUsd / Million}; ours is billed."));
        return new Bill(
            new AgentUsage
            {
                InputTokens = total.Input,
                CacheReadTokens = total.CacheRead,
                CacheWriteTokens = total.CacheWrite,
                OutputTokens = total.Output,
                Calls = calls,
                CostMicroUsd = microUsd,
                ReportedMicroUsd = reported,
                Model = model,
            },
            notices);
    }
}
