using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Agents.Launches;

namespace Orchestrator.UnitTests.Agents.Launches;

public sealed class CliOutputTests : ICliReader, IAgentLog
{
    private readonly List<string> events = [];
    private readonly List<string> log = [];

    [Fact]
    public void Borders_of_pieces_make_no_difference()
    {
        const string Text = "{\"n\":1}\r\nwords é\n\n{\"n\":2}\n{broken\n{\"n\":3}";
        var bytes = Encoding.UTF8.GetBytes(Text);

        foreach (var size in Enumerable.Range(1, bytes.Length))
        {
            events.Clear();
            log.Clear();
            var output = new CliOutput(this, this, 1000);
            foreach (var piece in bytes.Chunk(size))
                output.OnStandardOutput(piece);
            output.Finish();

            events.Should().Equal("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
            log.Should().Equal("words é", "{broken");
        }
    }

    [Fact]
    public void A_line_over_the_limit_is_left_out_with_a_note_and_never_held()
    {
        var output = new CliOutput(this, this, 64 * 1024);
        var piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)'x');
        output.OnStandardOutput("{\"n\":1}\n"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 4800; i++)
            output.OnStandardOutput(piece);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.OnStandardOutput("\n{\"n\":2}\n"u8);

        events.Should().Equal("{\"n\":1}", "{\"n\":2}");
        log.Should().Equal("[a line of 314572800 bytes was left out]");
        allocated.Should().BeLessThan(1 << 20, "300 MB went through");
    }

    [Fact]
    public void Of_the_error_output_only_the_end_is_kept()
    {
        var output = new CliOutput(this, this, 1000);
        for (var i = 0; i < 10_000; i++)
            output.OnStandardError(Encoding.UTF8.GetBytes($"complaint {i}\n"));
        output.Finish();

        output.Tail.Should().EndWith("complaint 9999");
        output.Tail.Length.Should().BeLessThan(17 * 1024);
        log.Should().HaveCount(10_000);
    }

    void ICliReader.OnEvent(JsonElement element) => events.Add(element.GetRawText());

    void ICliReader.OnErrorLine(string line)
    {
    }

    void IAgentLog.WriteLine(string line) => log.Add(line);
}
