using System.Globalization;
using Orchestrator.Agents.Prices;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Metering;

/// <summary>
/// What a launch's calls of its model came to, counted outside the box as they pass: the truth for its bill, and its hard cap. A call that is on its way holds
/// what it may cost at most, so that calls side by side cannot spend the same money; one for which there is room only when others are over waits for them.
/// </summary>
/// <param name="prices">What tokens cost.</param>
/// <param name="capMicroUsd">Micro-dollars that the launch may spend; null is no cap.</param>
public sealed class ModelMeter(PriceList prices, long? capMicroUsd)
{
    /// <summary>An answer of fewer tokens is worth no call, unless it was asked for.</summary>
    public const int LeastTokens = 1024;

    private const decimal Million = 1_000_000m;
    private const decimal NoticedDifference = 0.01m;

    // Of a call that does not say how long its answer may be.
    private const int UsualTokens = 32_000;

    // Bytes of JSON per token of input, and more tokens than a model reads: images are long in bytes and short in tokens.
    private const int BytesPerToken = 6;
    private const int MostInput = 200_000;

    // More calls than any launch makes; beyond them only the sums go on.
    private const int MostCalls = 50_000;

    private readonly Lock _gate = new();
    private readonly List<ModelCall> _calls = [];
    private readonly Dictionary<string, TokenCount> _used = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private decimal _spent;
    private decimal _held;
    private int _counted;

    /// <summary>Whether the cap stopped a call, or cut its answer: the launch is over, whatever its agent makes of it.</summary>
    public bool IsCapReached { get; private set; }

    /// <summary>Whether the model has answered a call: then the launch has cost something.</summary>
    public bool HasAnswered => Volatile.Read(ref _counted) > 0;

    /// <summary>Calls in the order of their ends.</summary>
    public IReadOnlyList<ModelCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    /// <summary>Whether the model has a price: nothing runs for free.</summary>
    public bool IsListed(string model) => prices.Find(model) is not null;

    /// <summary>Lets a call pass and holds what it may cost; null when the cap is reached. Waits for other calls when the room that they hold is missing.</summary>
    /// <param name="model">The model, which is listed.</param>
    /// <param name="requestBytes">Length of the request.</param>
    /// <param name="wanted">Tokens of output that it asks for, or null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<CallAllowance?> AdmitAsync(string model, long requestBytes, long? wanted, CancellationToken cancellationToken)
    {
        var price = prices.Find(model) ?? prices.Dearest;
        var input = Math.Min(requestBytes / BytesPerToken, MostInput);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (IsCapReached)
                    return null;
                if (Allow(model, price, input, wanted) is { } allowance)
                    return allowance;
                if (_held == 0)
                {
                    IsCapReached = true;
                    return null;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Nothing that can still be paid for is of use.</summary>
    public void Exhaust() => IsCapReached = true;

    /// <summary>Books a call that is over and gives back what it held.</summary>
    /// <param name="at">When it came.</param>
    /// <param name="path">Its path.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="model">The model that answered, or was asked for; null when neither is known.</param>
    /// <param name="allowance">What it was allowed; null for one that did not pass.</param>
    /// <param name="usage">What it used; null for one that the model did not answer.</param>
    /// <param name="duration">How long it took.</param>
    public void Book(DateTimeOffset at, string path, int status, string? model, CallAllowance? allowance, CallUsage? usage, TimeSpan duration)
    {
        var tokens = usage?.Tokens ?? TokenCount.Zero;
        var price = (model is null ? null : prices.Find(model)) ?? allowance?.Price ?? prices.Dearest;
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_calls.Count < MostCalls)
                _calls.Add(new ModelCall(at, path, status, model, tokens, price.Of(tokens), usage is { IsEstimated: true }, duration));
            _held -= allowance?.Held ?? 0;
            if (usage is not null)
            {
                _counted++;
                _spent += price.Of(tokens);
                _used[model ?? ""] = _used.GetValueOrDefault(model ?? "", TokenCount.Zero).Plus(tokens);
                // Cut off by what was left and not by what was asked for.
                IsCapReached |= usage.StoppedAtLimit && allowance is { IsLimited: true };
            }

            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    /// <summary>The result with the bill as it was counted here, and with the end that the cap put to it.</summary>
    public AgentResult Complete(AgentResult result)
    {
        lock (_gate)
        {
            if (_counted > 0)
                result = Billed(result);
        }

        if (!IsCapReached || result.Outcome == StepOutcome.Cancelled)
            return result;
        var message = string.Create(CultureInfo.InvariantCulture, $"The launch was ended at its cost limit of {capMicroUsd / Million} US dollars. Raise max_cost_usd or split the step.");
        return result with { Outcome = StepOutcome.FailedForGood, ErrorCode = ErrorCodes.CostCapReached, ErrorMessage = message, Summary = message };
    }

    private CallAllowance? Allow(string model, ModelPrice price, long input, long? wanted)
    {
        var asked = Math.Min(wanted ?? UsualTokens, int.MaxValue);
        if (capMicroUsd is not { } cap)
            return new CallAllowance(model, price, input, asked, IsLimited: false, Held: 0);
        // Cached input is the least that it can cost: nobody is refused who could still pay.
        var least = input * price.CacheRead;
        var left = cap - _spent - _held - least;
        var tokens = price.Output > 0 ? Math.Floor(left / price.Output) : left >= 0 ? int.MaxValue : 0;
        if (tokens < Math.Min(LeastTokens, asked))
            return null;
        var most = (long)Math.Min(tokens, asked);
        var held = least + (most * price.Output);
        _held += held;
        return new CallAllowance(model, price, input, most, IsLimited: most < asked, held);
    }

    private AgentResult Billed(AgentResult result)
    {
        var microUsd = (long)Math.Ceiling(_spent);
        var said = result.Usage.CostMicroUsd;
        var total = _used.Values.Aggregate(TokenCount.Zero, (sum, next) => sum.Plus(next));
        return result with
        {
            Usage = result.Usage with
            {
                InputTokens = total.Input,
                CacheReadTokens = total.CacheRead,
                CacheWriteTokens = total.CacheWrite,
                OutputTokens = total.Output,
                Calls = _counted,
                CostMicroUsd = microUsd,
                Model = result.Usage.Model ?? _used.Keys.First(),
            },
            Notices = said == 0 || Math.Abs(said - _spent) <= NoticedDifference * Math.Max(said, _spent)
                ? result.Notices
                : [.. result.Notices, string.Create(CultureInfo.InvariantCulture, $"By the agent's own count it used {said / Million} US dollars, by its model's answers {microUsd / Million}; those are billed.")],
        };
    }
}

/// <summary>What a call may use.</summary>
/// <param name="Model">The model.</param>
/// <param name="Price">Its price.</param>
/// <param name="Input">Tokens of input, estimated from the request's length.</param>
/// <param name="MostTokens">Tokens of output at most.</param>
/// <param name="IsLimited">Whether that is less than was asked for.</param>
/// <param name="Held">Micro-dollars that are held for it.</param>
public sealed record CallAllowance(string Model, ModelPrice Price, long Input, long MostTokens, bool IsLimited, decimal Held);

/// <summary>What a call used.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="IsEstimated">Whether the reply broke off, or did not say.</param>
/// <param name="StoppedAtLimit">Whether the answer ended because it was as long as it might be.</param>
public sealed record CallUsage(TokenCount Tokens, bool IsEstimated, bool StoppedAtLimit);
