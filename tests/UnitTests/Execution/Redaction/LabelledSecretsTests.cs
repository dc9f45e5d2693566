using AwesomeAssertions;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>The labelled set itself: as large, as mixed and as repeatable as the promise on unknown secrets asks.</summary>
public sealed class LabelledSecretsTests
{
    private static readonly ILookup<string, LabelledSample> Secrets = LabelledSecrets.All.Where(sample => sample.IsSecret).ToLookup(sample => sample.Kind);
    private static readonly ILookup<string, LabelledSample> LookAlikes = LabelledSecrets.All.Where(sample => !sample.IsSecret).ToLookup(sample => sample.Kind);

    [Fact]
    public void Each_kind_of_secret_has_ten_samples_in_each_half()
    {
        Secrets.Count.Should().BeGreaterThanOrEqualTo(30);
        Secrets.Should().OnlyContain(kind => kind.Count(sample => sample.HeldOut) >= 10 && kind.Count(sample => !sample.HeldOut) >= 10);
    }

    [Fact]
    public void Look_alikes_are_ten_times_as_many_and_of_many_sorts()
    {
        var secrets = Secrets.Sum(kind => kind.Count());

        LookAlikes.Count.Should().BeGreaterThanOrEqualTo(25);
        LookAlikes.Sum(sort => sort.Count()).Should().BeGreaterThanOrEqualTo(10 * secrets);
        LookAlikes.Sum(sort => sort.Count(sample => sample.HeldOut)).Should().BeGreaterThanOrEqualTo(5 * secrets);
        LookAlikes.Select(sort => sort.Key).Should().NotIntersectWith(Secrets.Select(kind => kind.Key));
    }

    [Fact]
    public void Halves_are_equal_and_no_text_is_in_the_set_twice()
    {
        LabelledSecrets.All.Count(sample => sample.HeldOut).Should().Be(LabelledSecrets.All.Count / 2);
        LabelledSecrets.All.Select(sample => sample.Text).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_same_seed_gives_the_same_set()
    {
        var again = LabelledSecrets.Generate(1);

        LabelledSecrets.Generate(1).SequenceEqual(again).Should().BeTrue();
        again.SequenceEqual(LabelledSecrets.All).Should().BeFalse();
    }

    [Fact]
    public void Every_field_is_filled() =>
        LabelledSecrets.All.Where(sample => sample.Text.Length == 0 || sample.Text.AsSpan().ContainsAny("«»↵\r")).Should().BeEmpty();
}
