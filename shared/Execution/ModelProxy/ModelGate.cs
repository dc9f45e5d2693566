using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Orchestrator.Agents;
using Orchestrator.Agents.Metering;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>Decides which calls of a launch pass to its model, and counts those that do.</summary>
/// <param name="meter">Counts.</param>
/// <param name="time">Clock.</param>
/// <param name="forward">Forwards a call that passes.</param>
internal sealed class ModelGate(ModelMeter meter, TimeProvider time, Func<HttpContext, Task> forward) : IDisposable
{
    private const string CapReached = "the cost limit of this launch is reached";

    // A box may send many large bodies at once, and each costs several times its length while it is read.
    private readonly SemaphoreSlim reading = new(2);
    private readonly ConcurrentDictionary<MeteredCall, byte> open = new();

    /// <summary>Ends when every call that has passed is booked.</summary>
    public Task EndedAsync() => Task.WhenAll(open.Keys.Select(call => call.Ended));

    /// <inheritdoc />
    public void Dispose() => reading.Dispose();

    /// <summary>Forwards a call or refuses it.</summary>
    public async Task PassAsync(HttpContext context, ModelApi api, string placeholder)
    {
        var request = context.Request;
        if (!ModelRoutes.Allow(api, request.Method, request.Path))
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "this call does not pass the model relay");
        else if (!KeySwap.Presents(request, placeholder))
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "the key is not the one of this launch");
        else if (!ModelRoutes.IsMetered(request.Method, request.Path))
            await forward(context);
        else
            await PassMeteredAsync(context);
    }

    private async Task PassMeteredAsync(HttpContext context)
    {
        var at = time.GetUtcNow();
        CallAllowance? allowance = null;
        try
        {
            var asked = await ReadAsync(context.Request);
            if (!meter.IsListed(asked.Model))
                throw new CallRefusedException(StatusCodes.Status403Forbidden, $"the model '{asked.Model}' has no price and nothing runs for free: add it to {AgentsOptions.Section}:{nameof(AgentsOptions.PricesFile)}");
            allowance = await meter.AdmitAsync(asked.Model, asked.Length, asked.Wanted, context.RequestAborted)
                ?? throw new CallRefusedException(StatusCodes.Status403Forbidden, CapReached);
            if (!asked.TryPrepare(allowance))
            {
                meter.Exhaust();
                throw new CallRefusedException(StatusCodes.Status403Forbidden, CapReached);
            }

            var call = new MeteredCall(meter, asked, allowance, time);
            // What it holds is the call's to give back from here on.
            allowance = null;
            await ForwardAsync(context, call);
        }
        catch (CallRefusedException refusal)
        {
            Book(refusal.Status);
            await RefuseAsync(context, refusal.Status, refusal.Message);
        }
        finally
        {
            if (allowance is not null)
                Book(StatusCodes.Status500InternalServerError);
        }

        void Book(int status)
        {
            meter.Book(at, ModelRequest.PathOf(context.Request), status, allowance?.Model, allowance, null, time.GetUtcNow() - at);
            allowance = null;
        }
    }

    private async Task ForwardAsync(HttpContext context, MeteredCall call)
    {
        open[call] = 0;
        context.Features.Set(call);
        try
        {
            await forward(context);
        }
        finally
        {
            call.End(context.Response.StatusCode, context.RequestAborted.IsCancellationRequested);
            open.TryRemove(call, out _);
        }
    }

    private async Task<ModelRequest> ReadAsync(HttpRequest request)
    {
        await reading.WaitAsync(request.HttpContext.RequestAborted);
        try
        {
            return await ModelRequest.ReadAsync(request);
        }
        finally
        {
            reading.Release();
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { type = "relay_refused", message = reason } });
    }
}
