using AwesomeAssertions;
using Orchestrator.Agents.Prices;

namespace Orchestrator.UnitTests.Agents.Prices;

public sealed class PriceListTests
{
    private static readonly PriceList List = PriceList.BuiltIn();

    [Theory]
    [InlineData("claude-sonnet-5-5")]
    [InlineData("claude-sonnet-5-5-20261001")]
    [InlineData("claude-sonnet-5-5[1m]")]
    [InlineData("anthropic/claude-sonnet-5-5")]
    public void A_dated_or_marked_name_has_the_price_of_its_model(string name) =>
        List.Find(name).Should().Be(new ModelPrice(Input: 2, CacheRead: 0.1m, CacheWrite: 2.5m, Output: 10));

    [Theory]
    [InlineData("gpt-5.5-2026-04-01")]
    [InlineData("openai/gpt-5.5")]
    public void Where_writing_the_cache_has_no_price_it_costs_what_input_does(string name) =>
        List.Find(name).Should().Be(new ModelPrice(Input: 5, CacheRead: 0.5m, CacheWrite: 5, Output: 30));

    [Fact]
    public void What_is_not_listed_is_billed_as_the_dearest_with_a_notice()
    {
        var bill = Bill.Of(List, new Dictionary<string, TokenCount> { ["unheard-of"] = new(100, 0, 0, 10) }, null, 1, "unheard-of");

        List.Find("unheard-of").Should().BeNull();
        bill.Usage.CostMicroUsd.Should().Be(1500, "100 x 10 + 10 x 50");
        bill.Notices.Should().ContainSingle().Which.Should().StartWith("ERROR: the price list of 2026-09-22 has no price for 'unheard-of'");
    }

    [Fact]
    public void A_part_of_a_micro_dollar_is_rounded_up_once()
    {
        var used = new Dictionary<string, TokenCount> { ["claude-haiku-5-5"] = new(1, 1, 0, 0), ["claude-sonnet-5-5"] = new(0, 1, 0, 0) };

        // 0.1 + 0.01 + 0.1 = 0.21 micro-dollars.
        Bill.Of(List, used, null, 2, null).Usage.CostMicroUsd.Should().Be(1);
    }

    [Theory]
    [InlineData("0.0100", 0)]
    [InlineData("0.0101", 0)]
    [InlineData("0.0105", 1)]
    [InlineData("0.0001", 1)]
    public void A_difference_of_more_than_one_percent_is_noticed(string reported, int notices)
    {
        var used = new Dictionary<string, TokenCount> { ["claude-sonnet-5-5"] = new(5000, 0, 0, 0) };

        var bill = Bill.Of(List, used, decimal.Parse(reported, System.Globalization.CultureInfo.InvariantCulture), 1, null);

        bill.Usage.CostMicroUsd.Should().Be(10_000);
        bill.Notices.Should().HaveCount(notices);
    }

    [Theory]
    [InlineData("""{"date":"2026-01-01","models":{}}""", "*lists no model*")]
    [InlineData("""{"models":{"m":{"input":1,"cache_read":1,"output":1}}}""", "*is no price list*")]
    [InlineData("""{"date":"2026-01-01","models":{"m":{"input":1,"output":1}}}""", "*is no price list*")]
    [InlineData("""{"date":"2026-01-01","models":{"m":{"input":-1,"cache_read":1,"output":1}}}""", "*models.m.input must be between*")]
    [InlineData("no json", "*is no price list*")]
    public void A_file_that_is_no_price_list_is_refused_with_the_place(string text, string message)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Join("prices.json"), text);

        var load = () => PriceList.Load(folder.Join("prices.json"));

        load.Should().Throw<InvalidDataException>().WithMessage(message);
    }
}
