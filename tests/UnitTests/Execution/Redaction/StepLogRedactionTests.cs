using System.Text;
using AwesomeAssertions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Execution.Processes;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>The log of a step, live and stored, when a program prints secrets into it.</summary>
public sealed class StepLogRedactionTests
{
    private const string Secret = "ghp_471108154711081547110815";

    private readonly FakeTimeProvider time = new();
    private readonly MemoryStream stream = new();
    private readonly StringBuilder live = new();

    [Fact]
    public async Task A_secret_of_one_stream_is_found_although_the_other_writes_between_its_parts()
    {
        var log = Open();
        var output = new StepLogOutput(log);

        foreach (var character in Secret)
        {
            output.OnStandardOutput([(byte)character]);
            output.OnStandardError("."u8);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        output.OnStandardError(Encoding.UTF8.GetBytes($"\n{Secret[..10]}"));
        output.OnStandardOutput("\n"u8);
        output.OnStandardError(Encoding.UTF8.GetBytes($"{Secret[10..]}\n"));
        output.Finish();
        await log.CompleteAsync();

        Text().Should().Be($"{new string('.', Secret.Length)}\n[redacted]\n[redacted]\n");
        live.ToString().Should().Be(Text());
    }

    [Fact]
    public async Task Colours_within_a_secret_hide_it_from_nobody()
    {
        var log = Open();
        var output = new StepLogOutput(log);

        output.OnStandardOutput(Encoding.UTF8.GetBytes($"{Secret[..5]}\u001b[31m{Secret[5..]}\u001b[0m\n"));
        output.Finish();
        log.WriteLine($"{Secret[..9]}\u001b[1m{Secret[9..]}");
        await log.CompleteAsync();

        Text().Should().Be("[redacted]\n[redacted]\n");
    }

    [Fact]
    public async Task Neither_the_limit_nor_the_tail_cuts_a_secret_in_two()
    {
        for (var limit = 4096; limit < 4096 + Secret.Length; limit++)
        {
            using var kept = new MemoryStream();
            var log = new StepLog(kept, new ProcessesOptions { LogMaxBytes = limit, LogTailCharacters = 1000 + limit - 4096 }, time, TestSecrets.Of(Secret));
            var output = new StepLogOutput(log);
            for (var line = 0; line < 400; line++)
                output.OnStandardOutput(Encoding.UTF8.GetBytes($"{line} {Secret} {Secret}{(line % 50 == 0 ? "\n" : " ")}"));
            output.Finish();
            await log.CompleteAsync();

            Canaries.Leak(Secret, Encoding.UTF8.GetString(kept.ToArray())).Should().BeNull($"limit {limit}");
        }
    }

    [Fact]
    public async Task An_end_in_the_middle_of_a_secret_is_masked()
    {
        var log = Open();
        var output = new StepLogOutput(log);

        output.OnStandardOutput(Encoding.UTF8.GetBytes($"killed at {Secret[..20]}"));
        output.Finish();
        log.WriteLine($"shortened to {Secret[..20]}");
        await log.CompleteAsync();

        Text().Should().Be("killed at [redacted]\nshortened to [redacted]\n");
    }

    private StepLog Open() => new(stream, new ProcessesOptions(), time, TestSecrets.Of(Secret), (_, text) => live.Append(text));

    private string Text() => Encoding.UTF8.GetString(stream.ToArray());
}
