using System.Diagnostics;
using AwesomeAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Agents;
using Orchestrator.Execution.Processes;

namespace Orchestrator.UnitTests.Execution.Processes;

public sealed class ProcessRunnerTests : IDisposable
{
    private static readonly TimeSpan AfterTheMainProcess = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterACancel = TimeSpan.FromSeconds(2);

    private readonly TempFolder folder = new();
    private readonly CollectedOutput output = new();
    private readonly ProcessRunner runner = new(TimeProvider.System, NullLogger<ProcessRunner>.Instance);

    [Fact]
    public async Task Arguments_reach_the_program_as_they_are()
    {
        string[] arguments = ["two words", "$HOME", "; touch planted", "\"'`\\", "line\nbreak", "", "-n", "ü\u2028"];

        var exit = await runner.RunAsync(Agent(["print-rest", .. arguments]), output, CancellationToken.None);

        exit.Should().Be(new BoxExit(0, null, BoxEnd.Exited));
        output.Output.Split('\0').Should().Equal(arguments);
        File.Exists(folder.Join("planted")).Should().BeFalse();
    }

    [Fact]
    public async Task The_environment_is_what_the_list_says_and_nothing_of_this_process()
    {
        Environment.GetEnvironmentVariable("PATH").Should().NotBeNullOrEmpty("something must be there that could be inherited");
        var spec = Spec("/usr/bin/env") with { Environment = new Dictionary<string, string> { ["ONLY"] = "this" } };

        await runner.RunAsync(spec, output, CancellationToken.None);

        output.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0])
            .Should().BeEquivalentTo("ONLY", GroupTree.MarkVariable);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a prompt\nof two lines\n")]
    public async Task Standard_input_is_the_given_text_and_then_closed(string input)
    {
        var spec = Agent("print-input", "print=end") with { StandardInput = System.Text.Encoding.UTF8.GetBytes(input) };

        await runner.RunAsync(spec, output, CancellationToken.None);

        output.Output.Should().Be(input + "end\n");
    }

    [Fact]
    public async Task Both_streams_and_the_exit_code_are_told()
    {
        var exit = await runner.RunAsync(Agent("print=words", "print-error=complaint", "exit=3"), output, CancellationToken.None);

        exit.Should().Be(new BoxExit(3, null, BoxEnd.Exited));
        (output.Output, output.Error).Should().Be(("words\n", "complaint\n"));
    }

    [Fact]
    public async Task A_program_that_is_killed_by_somebody_else_is_told_with_its_signal()
    {
        var exit = await runner.RunAsync(Agent("print=here", "kill-self"), output, CancellationToken.None);

        exit.Should().Be(new BoxExit(null, 9, BoxEnd.Exited));
    }

    [Fact]
    public async Task A_program_that_hangs_and_ignores_the_request_to_end_is_killed_after_its_time()
    {
        var time = new FakeTimeProvider();
        var seconds = FakeAgentProgram.UniqueSeconds();
        var run = new ProcessRunner(time, NullLogger<ProcessRunner>.Instance)
            .RunAsync(Agent("ignore-terminate", $"leave-daemons={seconds}", "print=ready", "hang") with { Timeout = TimeSpan.FromMinutes(10) }, output, CancellationToken.None);
        await Eventually.IsTrueAsync(() => output.Output == "ready\n");
        time.Advance(TimeSpan.FromMinutes(9));
        run.IsCompleted.Should().BeFalse();

        await AdvanceUntilOver(time, run);

        (await run).End.Should().Be(BoxEnd.TimedOut);
        (await run).Signal.Should().Be(9);
        FakeAgentProgram.Sleepers(seconds).Should().BeEmpty();
    }

    [Fact]
    public async Task A_program_is_asked_to_end_before_it_is_killed()
    {
        var time = new FakeTimeProvider();
        var run = new ProcessRunner(time, NullLogger<ProcessRunner>.Instance)
            .RunAsync(Agent($"end-on-terminate={folder.Join("asked")}", "print=ready", "hang") with { Timeout = TimeSpan.FromMinutes(10) }, output, CancellationToken.None);
        await Eventually.IsTrueAsync(() => output.Output == "ready\n");

        time.Advance(TimeSpan.FromMinutes(10));

        (await run).Should().Be(new BoxExit(7, null, BoxEnd.TimedOut));
        File.Exists(folder.Join("asked")).Should().BeTrue();
    }

    [Fact]
    public async Task A_program_that_prints_nothing_for_too_long_is_ended()
    {
        var exit = await runner.RunAsync(Agent("print=one", "hang") with { IdleTimeout = TimeSpan.FromSeconds(1) }, output, CancellationToken.None);

        exit.End.Should().Be(BoxEnd.Idle);
    }

    [Fact]
    public async Task A_program_that_goes_on_printing_is_not_idle()
    {
        string[] slowly = [.. Enumerable.Range(0, 12).SelectMany(i => new[] { i % 2 == 0 ? "print=o" : "print-error=e", "sleep=300" })];

        var exit = await runner.RunAsync(Agent(slowly) with { IdleTimeout = TimeSpan.FromSeconds(3) }, output, CancellationToken.None);

        exit.Should().Be(new BoxExit(0, null, BoxEnd.Exited), "it took 3.6 s, and was never silent for 3 s");
    }

    [Fact]
    public Task A_step_is_over_five_seconds_after_its_main_process_and_its_daemons_are_gone() => Promise.HoldsAsync(AfterTheMainProcess, async () =>
    {
        var seconds = FakeAgentProgram.UniqueSeconds();
        var stopped = Stopwatch.StartNew();
        var sink = new CallbackOutput(() => stopped.Restart());

        var exit = await runner.RunAsync(Agent($"leave-daemons={seconds}", "print=bye"), sink, CancellationToken.None);

        var after = stopped.Elapsed;
        exit.Should().Be(new BoxExit(0, null, BoxEnd.Exited));
        FakeAgentProgram.Sleepers(seconds).Should().BeEmpty();
        return after;
    });

    [Fact]
    public async Task The_daemons_of_the_fake_agent_would_survive_without_us()
    {
        var seconds = FakeAgentProgram.UniqueSeconds();
        using var agent = Process.Start(new ProcessStartInfo(FakeAgentProgram.Path) { ArgumentList = { $"leave-daemons={seconds}" }, UseShellExecute = false })!;

        await agent.WaitForExitAsync();

        // The probe bites: six processes, one of them deaf to everything but SIGKILL.
        await Eventually.IsTrueAsync(() => FakeAgentProgram.Sleepers(seconds).Count == 6);
        foreach (var pid in FakeAgentProgram.Sleepers(seconds))
            Signals.Send(pid, Signals.Kill);
    }

    [Fact]
    public Task A_daemon_that_hides_from_a_run_without_a_box_does_not_hold_it_up() => Promise.HoldsAsync(AfterTheMainProcess, async () =>
    {
        var seconds = FakeAgentProgram.UniqueSeconds();
        var watch = Stopwatch.StartNew();
        // No session, no parent, no mark in its environment, but the pipes.
        var exit = await runner.RunAsync(Spec("/bin/sh", "-c", $"(env -i setsid sh -c 'sleep {seconds} & :' &) ; sleep 0.3"), output, CancellationToken.None);

        var whole = watch.Elapsed;
        exit.ExitCode.Should().Be(0);
        foreach (var pid in FakeAgentProgram.Sleepers(seconds))
            Signals.Send(pid, Signals.Kill);
        return whole;
    });

    [Fact]
    public Task A_cancel_ends_the_whole_tree_within_two_seconds() => Promise.HoldsAsync(AfterACancel, async () =>
    {
        var seconds = FakeAgentProgram.UniqueSeconds();
        using var cancel = new CancellationTokenSource();
        var ready = new CollectedOutput();
        var run = runner.RunAsync(Agent("ignore-terminate", $"leave-daemons={seconds}", "print=ready", "hang"), ready, cancel.Token);
        await Eventually.IsTrueAsync(() => ready.Output == "ready\n");
        var watch = Stopwatch.StartNew();

        await cancel.CancelAsync();
        var act = () => run;

        await act.Should().ThrowAsync<OperationCanceledException>();
        var after = watch.Elapsed;
        FakeAgentProgram.Sleepers(seconds).Should().BeEmpty();
        return after;
    });

    [Theory]
    [InlineData("flood")]
    [InlineData("endless-line")]
    public async Task Output_comes_in_small_pieces_however_much_it_is(string verb)
    {
        const int Bytes = 40_000_000;

        var exit = await runner.RunAsync(Agent($"{verb}={Bytes}"), output, CancellationToken.None);

        exit.ExitCode.Should().Be(0);
        output.Bytes.Should().Be(Bytes);
        output.LongestPiece.Should().BeLessThanOrEqualTo(64 * 1024);
    }

    [Fact]
    public async Task A_reader_that_fails_ends_the_program_and_is_told()
    {
        var seconds = FakeAgentProgram.UniqueSeconds();
        var sink = new CallbackOutput(() => throw new InvalidOperationException("the disk is full"));

        var act = () => runner.RunAsync(Agent($"leave-daemons={seconds}", "print=x", "hang"), sink, CancellationToken.None);

        (await act.Should().ThrowAsync<InvalidOperationException>()).WithMessage("the disk is full");
        FakeAgentProgram.Sleepers(seconds).Should().BeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_started_has_a_reason()
    {
        var missing = await runner.RunAsync(Spec("/no/such/program"), output, CancellationToken.None);
        var nul = await runner.RunAsync(Spec("/bin/echo", "a\0b"), output, CancellationToken.None);
        var nowhere = await runner.RunAsync(Spec("/bin/echo") with { WorkingDirectory = "/no/such/folder" }, output, CancellationToken.None);
        File.WriteAllText(folder.Join("text"), "no program\n");
        var text = await runner.RunAsync(Spec(folder.Join("text")), output, CancellationToken.None);

        new[] { missing, nul, nowhere, text }.Should().OnlyContain(exit => exit.End == BoxEnd.NotStarted);
        missing.Reason.Should().Contain("/no/such/program");
        nul.Reason.Should().Contain("NUL");
        nowhere.Reason.Should().Contain("/no/such/folder");
        text.Reason.Should().Contain("may not be executed");
    }

    public void Dispose() => folder.Dispose();

    private static async Task AdvanceUntilOver(FakeTimeProvider time, Task run) =>
        await Eventually.IsTrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return run.IsCompleted;
        });

    private ProcessSpec Agent(params string[] does) => Spec([FakeAgentProgram.Path, .. does]) with { Environment = FakeAgentProgram.Environment };

    private ProcessSpec Spec(params string[] arguments) => new()
    {
        Arguments = arguments,
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        WorkingDirectory = folder.Path,
    };

    private sealed class CallbackOutput(Action onPiece) : IAgentOutput
    {
        public void OnStandardOutput(ReadOnlySpan<byte> piece) => onPiece();

        public void OnStandardError(ReadOnlySpan<byte> piece) => onPiece();
    }
}
