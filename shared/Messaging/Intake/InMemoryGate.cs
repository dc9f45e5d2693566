using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Messaging.Intake;

/// <summary>The gate of the in-memory transport: messages are held before the consumer, in the process that has them anyway.</summary>
internal sealed class InMemoryGate(IHostApplicationLifetime lifetime) : IIntakeGate, IFilter<ConsumeContext>, IDisposable
{
    private static readonly AsyncLocal<bool> InDelivery = new();

    private readonly SemaphoreSlim _delivery = new(1);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _closed;

    public async Task PauseAsync()
    {
        Set(() => false);
        if (InDelivery.Value)
            return;
        await _delivery.WaitAsync();
        _delivery.Release();
    }

    public Task ResumeAsync()
    {
        Set(() => true);
        return Task.CompletedTask;
    }

    public Task UpdateAsync(Func<bool> isOpen)
    {
        Set(isOpen);
        return Task.CompletedTask;
    }

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        while (true)
        {
            await _delivery.WaitAsync(lifetime.ApplicationStopping);
            try
            {
                if (Waiting() is null)
                {
                    InDelivery.Value = true;
                    await next.Send(context);
                    return;
                }
            }
            finally
            {
                InDelivery.Value = false;
                _delivery.Release();
            }

            if (Waiting() is { } opened)
                await opened.WaitAsync(lifetime.ApplicationStopping);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("intakeGate");

    public void Dispose() => _delivery.Dispose();

    private Task? Waiting()
    {
        lock (_lock)
            return _closed?.Task;
    }

    private void Set(Func<bool> isOpen)
    {
        lock (_lock)
        {
            if (!isOpen())
            {
                _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return;
            }

            _closed?.TrySetResult();
            _closed = null;
        }
    }
}
