using AwesomeAssertions;
using Orchestrator.Cli.Output;

namespace Orchestrator.UnitTests.Cli.Output;

public sealed class TerminalTextTests
{
    [Fact]
    public void What_steers_a_terminal_is_taken_out()
    {
        TerminalText.Clean("a\u001b[2J\u0007b\u009b1m\r\n\tc\u202Ed").Should().Be("a[2Jb1m\n\tcd");
    }

    [Fact]
    public void One_line_stays_one_line()
    {
        TerminalText.OneLine("first\nsecond").Should().Be("first second");
    }
}
