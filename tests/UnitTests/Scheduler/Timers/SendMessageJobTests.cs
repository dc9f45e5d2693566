using AwesomeAssertions;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Scheduler;
using Orchestrator.Scheduler.Timers;
using Quartz;

namespace Orchestrator.UnitTests.Scheduler.Timers;

public sealed class SendMessageJobTests
{
    private static readonly SchedulerOptions Settings = new();
    private readonly FakeTimeProvider _time = new();
    private int _sends;
    private int _moves;
    private Func<int, bool> _broker = _ => false;
    private Func<int, bool> _database = _ => true;

    [Fact]
    public async Task Message_that_could_not_be_sent_gets_a_new_time()
    {
        await Execute();

        (_sends, _moves).Should().Be((1, 1));
    }

    [Fact]
    public async Task Timer_is_held_while_its_message_can_neither_be_sent_nor_get_a_new_time()
    {
        _database = time => time == 3;

        var job = Execute();
        await RunOutAsync(job);

        (_sends, _moves).Should().Be((3, 3));
    }

    [Fact]
    public async Task Message_that_is_held_goes_out_when_the_broker_is_back_first()
    {
        (_broker, _database) = (time => time == 2, _ => false);

        var job = Execute();
        await RunOutAsync(job);

        (_sends, _moves).Should().Be((2, 1));
    }

    [Fact]
    public async Task Interrupt_does_not_end_the_job_of_a_message_that_is_held()
    {
        _database = time => time == 2;

        var job = Execute(new CancellationToken(canceled: true));
        await RunOutAsync(job);

        _moves.Should().Be(2, "what ends without a new time is deleted");
    }

    private async Task RunOutAsync(Task job)
    {
        job.IsCompleted.Should().BeFalse("Quartz deletes the trigger of a job that has ended");
        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(Settings.RetryAfter);
            return job.IsCompleted;
        });
        await job;
    }

    private Task Execute(CancellationToken cancellationToken = default)
    {
        var trigger = TriggerBuilder.Create()
            .WithIdentity("timer")
            .ForJob(SendMessageJob.Key)
            .UsingJobData(new TimedMessage(Guid.NewGuid(), new Uri("exchange:somewhere"), "{}").ToJobData())
            .Build();
        var endpoint = Stub.Of<ISendEndpoint>(_ => Task.CompletedTask);
        var bus = Stub.Of<IBus>(_ => _broker(++_sends) ? Task.FromResult(endpoint) : throw new IOException("The broker is away."));
        var scheduler = Stub.Of<IScheduler>(_ => _database(++_moves) ? new ValueTask<DateTimeOffset?>(_time.GetUtcNow()) : throw new IOException("The database is away."));
        var context = Stub.Of<IJobExecutionContext>(member => member switch
        {
            "get_MergedJobDataMap" => trigger.JobDataMap,
            "get_Trigger" => trigger,
            "get_Scheduler" => scheduler,
            _ => throw new NotSupportedException(member),
        });
        return new SendMessageJob(bus, Options.Create(Settings), _time, NullLogger<SendMessageJob>.Instance).Execute(context, cancellationToken).AsTask();
    }
}
