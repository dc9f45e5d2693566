using System.Globalization;
using Orchestrator.Agents.Prices;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Metering;

/// <summary>What a launch's calls of its model came to, counted outside the box as they pass: the truth for its bill, and its hard cap.</summary>
/// <param name="prices">What tokens cost.</param>
/// <param name="capMicroUsd">Micro-dollars that the launch may spend; null is no cap.</param>
public sealed class ModelMeter(PriceList prices, long? capMicroUsd)
{
    // Bytes of JSON per token of input: more than most text needs, so that nobody is refused who could still pay.
    private const int BytesPerToken = 6;

    // More calls than any launch makes; beyond them only the sums go on.
    private const int MostCalls = 50_000;

    private const decimal Million = 1_000_000m;
    private const decimal NoticedDifference = 0.01m;

    private readonly Lock _gate = new();
    private readonly List<ModelCall> _calls = [];
    private readonly Dictionary<string, TokenCount> _used = new(StringComparer.Ordinal);
    private decimal _spent;
    private int _answered;

    /// <summary>Whether a call was refused because the cap is reached: the launch is over, whatever its agent makes of it.</summary>
    public bool IsCapReached { get; private set; }

    /// <summary>Calls in the order of their ends.</summary>
    public IReadOnlyList<ModelCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    /// <summary>Whether the model has answered a call: then the launch has cost something.</summary>
    public bool HasAnswered => Volatile.Read(ref _answered) > 0;

    /// <summary>
    /// Whether a call may pass, and how many tokens of output it can still pay for; null is no limit. A call that can pay for none is refused, and
    /// with it the launch is at its cap.
    /// </summary>
    /// <param name="model">The model that is asked for, or null.</param>
    /// <param name="requestBytes">Length of the request.</param>
    /// <param name="mostTokens">Tokens that it may have, when it passes.</param>
    public bool TryAdmit(string? model, long requestBytes, out long? mostTokens)
    {
        mostTokens = null;
        if (capMicroUsd is not { } cap)
            return true;
        var price = PriceOf(model);
        lock (_gate)
        {
            // Cached input is the least that it can cost.
            var left = cap - _spent - (requestBytes / BytesPerToken * price.CacheRead);
            var tokens = price.Output > 0 ? Math.Floor(left / price.Output) : left > 0 ? int.MaxValue : 0;
            if (tokens < 1)
            {
                IsCapReached = true;
                return false;
            }

            mostTokens = (long)Math.Min(tokens, int.MaxValue);
            return true;
        }
    }

    /// <summary>Books a call that is over.</summary>
    /// <param name="at">When it came.</param>
    /// <param name="path">Its path.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="asked">The model that was asked for, or null.</param>
    /// <param name="requestBytes">Length of the request.</param>
    /// <param name="reply">What was read of the reply; null when it was none that costs.</param>
    /// <param name="duration">How long it took.</param>
    public void Book(DateTimeOffset at, string path, int status, string? asked, long requestBytes, ReplyUsage? reply, TimeSpan duration)
    {
        var model = reply?.Model ?? asked;
        var tokens = reply is null ? TokenCount.Zero : reply.IsWhole ? reply.Tokens : Estimate(reply, requestBytes);
        var cost = PriceOf(model).Of(tokens);
        lock (_gate)
        {
            if (_calls.Count < MostCalls)
                _calls.Add(new ModelCall(at, path, status, model, tokens, cost, reply is { IsWhole: false }, duration));
            if (reply is null)
                return;
            _answered++;
            _spent += cost;
            var name = model ?? "";
            _used[name] = _used.GetValueOrDefault(name, TokenCount.Zero).Plus(tokens);
        }
    }

    /// <summary>The result with the bill as it was counted here, and with the end that the cap put to it.</summary>
    public AgentResult Complete(AgentResult result)
    {
        lock (_gate)
        {
            if (_answered > 0)
                result = Billed(result);
        }

        if (!IsCapReached || result.Outcome == StepOutcome.Cancelled)
            return result;
        var message = string.Create(CultureInfo.InvariantCulture, $"The launch was ended at its cost limit of {capMicroUsd / Million} US dollars. Raise max_cost_usd or split the step.");
        return result with { Outcome = StepOutcome.FailedForGood, ErrorCode = ErrorCodes.CostCapReached, ErrorMessage = message, Summary = message };
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
                Calls = _answered,
                CostMicroUsd = microUsd,
                Model = result.Usage.Model ?? _used.Keys.First(),
            },
            Notices = said == 0 || Math.Abs(said - _spent) <= NoticedDifference * Math.Max(said, _spent)
                ? result.Notices
                : [.. result.Notices, string.Create(CultureInfo.InvariantCulture, $"By the agent's own count it used {said / Million} US dollars, by its model's answers {microUsd / Million}; those are billed.")],
        };
    }

    // It broke off: the provider bills what it had read and said until then.
    private static TokenCount Estimate(ReplyUsage reply, long requestBytes) => reply.Bytes == 0 ? TokenCount.Zero : reply.Tokens with
    {
        Input = reply.Tokens == TokenCount.Zero ? requestBytes / BytesPerToken : reply.Tokens.Input,
        Output = Math.Max(reply.Tokens.Output, reply.Pieces),
    };

    private ModelPrice PriceOf(string? model) => (model is null ? null : prices.Find(model)) ?? prices.Dearest;
}
