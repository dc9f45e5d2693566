using System.Text;
using AwesomeAssertions;
using Orchestrator.Execution.Processes;

namespace Orchestrator.UnitTests.Execution.Processes;

public sealed class TextCleanerTests
{
    [Theory]
    [InlineData("plain text\twith a tab\n", "plain text\twith a tab\n")]
    [InlineData("a\0b", "ab")]
    [InlineData("bell\u0007back\b\u007f", "bellback")]
    [InlineData("one\r\ntwo\rthree\n", "one\ntwo\nthree\n")]
    [InlineData("\u001b[1;31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;a title\u0007text", "text")]
    [InlineData("\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link")]
    [InlineData("\u001b(Bplain\u001bM", "plain")]
    [InlineData("\u009b2Jgone", "gone")]
    [InlineData("pair \ud83d\ude00", "pair 😀")]
    [InlineData("\u001b[31", "")]
    public void Control_sequences_go(string text, string clean) =>
        TextCleaner.Clean(text).Should().Be(clean);

    // Attributes cannot hold halves of characters.
    [Fact]
    public void A_half_of_a_character_is_marked()
    {
        TextCleaner.Clean("high \ud83d end").Should().Be("high \ufffd end");
        TextCleaner.Clean("low \ude00 end").Should().Be("low \ufffd end");
        TextCleaner.Clean("\ud83d").Should().Be("\ufffd");
    }

    [Fact]
    public void Borders_of_pieces_make_no_difference()
    {
        var bytes = Encoding.UTF8.GetBytes("é\u001b[1;31mred\u001b[0m\r\nü😀\0 \u001b]0;title\u0007end\r").Concat(new byte[] { 0xC3, 0x28, 0xFF, 0xE2, 0x82 }).ToArray();
        var whole = Clean(bytes, bytes.Length);

        foreach (var size in Enumerable.Range(1, bytes.Length))
            Clean(bytes, size).Should().Be(whole, $"pieces are of {size} bytes");
        whole.Should().Be("éred\nü😀 end\n\ufffd(\ufffd\ufffd");
    }

    [Fact]
    public void A_control_string_that_is_never_closed_does_not_swallow_the_rest()
    {
        var clean = TextCleaner.Clean("\u001b]" + new string('x', 10_000) + "the end");

        clean.Should().EndWith("the end");
        clean.Length.Should().BeInRange(5000, 10_000);
    }

    private static string Clean(byte[] bytes, int size)
    {
        var (cleaner, text) = (new TextCleaner(), new StringBuilder());
        foreach (var piece in bytes.Chunk(size))
            cleaner.Append(piece.AsSpan(), text);
        cleaner.Finish(text);
        return text.ToString();
    }
}
