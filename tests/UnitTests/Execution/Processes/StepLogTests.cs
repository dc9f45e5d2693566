using System.Text;
using AwesomeAssertions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Execution.Processes;
using Orchestrator.UnitTests.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Processes;

public sealed class StepLogTests
{
    private readonly FakeTimeProvider time = new();
    private readonly CountingStream stream = new();

    [Fact]
    public async Task Lines_wait_for_the_timer_and_are_written_in_one_batch()
    {
        await using var log = Open();
        for (var i = 0; i < 1000; i++)
            log.WriteLine("short");

        time.Advance(TimeSpan.FromSeconds(0.9));
        stream.Writes.Should().Be(0);
        time.Advance(TimeSpan.FromSeconds(0.1));

        await Eventually.IsTrueAsync(() => stream.Length == 6000);
        (stream.Writes, stream.Flushes).Should().Be((1, 1));
    }

    [Fact]
    public async Task Sixty_four_kibibytes_do_not_wait_for_the_timer()
    {
        await using var log = Open();

        log.WriteLine(new string('x', (64 * 1024) - 2));
        stream.Writes.Should().Be(0);
        log.WriteLine("y");

        await Eventually.IsTrueAsync(() => stream.Length == (64 * 1024) + 1);
    }

    [Fact]
    public async Task The_end_writes_what_is_left_and_closes_the_stream()
    {
        var log = Open();
        log.WriteLine("last words");

        var end = await log.CompleteAsync();

        end.Should().Be(new StepLogEnd(11, 0));
        (stream.Text, stream.IsClosed).Should().Be(("last words\n", true));
    }

    [Fact]
    public async Task Live_pieces_follow_one_another_and_never_cut_a_character()
    {
        var pieces = new List<(long Offset, string Text)>();
        var log = Open(onChunk: (offset, text) => pieces.Add((offset, text)));
        var line = string.Concat(Enumerable.Repeat("aé€😀", 30_000));

        log.WriteLine(line);
        await log.CompleteAsync();

        pieces.Count.Should().BeGreaterThan(3);
        string.Concat(pieces.Select(piece => piece.Text)).Should().Be(line + "\n");
        var offset = 0L;
        foreach (var piece in pieces)
        {
            piece.Offset.Should().Be(offset);
            Encoding.UTF8.GetByteCount(piece.Text).Should().BeLessThanOrEqualTo(64 * 1024);
            offset += Encoding.UTF8.GetByteCount(piece.Text);
        }
    }

    [Fact]
    public async Task A_listener_that_throws_costs_nothing_of_the_log()
    {
        var log = Open(onChunk: (_, _) => throw new InvalidOperationException());
        log.WriteLine("kept");

        await log.CompleteAsync();

        stream.Text.Should().Be("kept\n");
    }

    [Fact]
    public async Task Of_too_long_a_log_beginning_and_end_are_kept_and_the_gap_is_told()
    {
        var log = Open(new ProcessesOptions { LogMaxBytes = 4096, LogTailCharacters = 1000 });
        for (var i = 0; i < 10_000; i++)
            log.WriteLine($"line {i:00000}");

        var end = await log.CompleteAsync();

        stream.Text.Should().StartWith("line 00000\n").And.EndWith("line 09999\n").And.Contain($"\n[log truncated: {end.LeftOut} bytes left out]\n");
        stream.Length.Should().BeLessThan(4096 + 1000 + 100);
        (end.Bytes, end.LeftOut > 100_000).Should().Be((stream.Length, true));
    }

    [Fact]
    public async Task A_line_without_an_end_is_written_in_pieces_and_bounded()
    {
        var log = Open(new ProcessesOptions { LogMaxBytes = 1 << 20 });
        var output = new StepLogOutput(log);
        var piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)'x');

        for (var i = 0; i < 800; i++)
            output.OnStandardOutput(piece);
        output.Finish();
        var end = await log.CompleteAsync();

        stream.Length.Should().BeInRange(1 << 20, (1 << 20) + (128 * 1024));
        (end.Bytes + end.LeftOut).Should().BeGreaterThan(800 * 64 * 1024);
    }

    [Fact]
    public async Task Lines_of_both_streams_stay_whole()
    {
        var log = Open();
        var output = new StepLogOutput(log);

        output.OnStandardOutput("first ha"u8);
        output.OnStandardError("complaint\nsecond "u8);
        output.OnStandardOutput("lf\n"u8);
        output.OnStandardError("complaint"u8);
        output.Finish();
        await log.CompleteAsync();

        stream.Text.Should().Be("complaint\nfirst half\nsecond complaint\n");
    }

    [Fact]
    public async Task A_stream_that_fails_never_holds_up_a_writer_and_is_told_at_the_end()
    {
        stream.Fault = new IOException("no space left");
        var log = Open();
        log.WriteLine(new string('x', 100_000));
        await Eventually.IsTrueAsync(() => stream.IsClosed);

        for (var i = 0; i < 1000; i++)
            log.WriteLine(new string('y', 10_000));
        var act = log.CompleteAsync;

        (await act.Should().ThrowAsync<IOException>()).WithMessage("no space left");
    }

    [Fact]
    public async Task Disposing_says_nothing_of_a_stream_that_failed()
    {
        stream.Fault = new IOException("no space left");
        var log = Open();
        log.WriteLine("lost");

        var act = async () => await log.DisposeAsync();

        await act.Should().NotThrowAsync();
    }

    [Fact]
    public async Task Lines_from_many_threads_come_whole_and_all()
    {
        var log = Open();

        Parallel.For(0, 8, writer =>
        {
            for (var i = 0; i < 500; i++)
                log.WriteLine($"{writer} {i} {new string('z', 50)}");
        });
        await log.CompleteAsync();

        var lines = stream.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(4000).And.OnlyHaveUniqueItems().And.OnlyContain(line => line.EndsWith(new string('z', 50)));
    }

    private StepLog Open(ProcessesOptions? options = null, Action<long, string>? onChunk = null) => new(stream, options ?? new ProcessesOptions(), time, TestSecrets.None, onChunk);

    private sealed class CountingStream : MemoryStream
    {
        private byte[] closed = [];

        public int Writes { get; private set; }

        public int Flushes { get; private set; }

        public bool IsClosed { get; private set; }

        public Exception? Fault { get; set; }

        public string Text => Encoding.UTF8.GetString(IsClosed ? closed : ToArray());

        public override long Length => IsClosed ? closed.Length : base.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Fault is { } fault)
                throw fault;
            Writes++;
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushes++;
            return Task.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            if (!IsClosed)
                closed = ToArray();
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
