using System.Globalization;
using AwesomeAssertions;
using Orchestrator.Agents.Launches;

namespace Orchestrator.UnitTests.Agents.Launches;

public sealed class ResetTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Rate limit reached. Please try again in 1.5s.", "12:00:01.5")]
    [InlineData("try again in 6m0s", "12:06:00")]
    [InlineData("try again in 2 hours and 3 minutes", "14:03:00")]
    [InlineData("resets in 200ms", "12:00:00.2")]
    [InlineData("retry-after: 90", "12:01:30")]
    [InlineData("usage limit reached|1795788000", "14:00:00")]
    [InlineData("limit resets at 2026-11-27T18:30:00Z.", "18:30:00")]
    public void The_end_of_a_limit_is_found_in_what_they_say(string message, string time) =>
        ResetTime.Find(message, Now).Should().Be(Now.Date + TimeSpan.Parse(time, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("Overloaded")]
    [InlineData("try again later")]
    [InlineData("order 17957880001234 failed")]
    public void Or_not(string message) => ResetTime.Find(message, Now).Should().BeNull();

    [Theory]
    [InlineData("2026-11-27T11:00:00Z", "2026-11-27T12:00:01Z")]
    [InlineData("2026-11-28T11:00:00Z", "2026-11-28T11:00:00Z")]
    [InlineData("2099-01-01T00:00:00Z", "2026-12-05T12:00:00Z")]
    public void A_time_that_cannot_be_is_held_within_eight_days(string said, string sane) =>
        ResetTime.Sane(DateTimeOffset.Parse(said, CultureInfo.InvariantCulture), Now).Should().Be(DateTimeOffset.Parse(sane, CultureInfo.InvariantCulture));
}
