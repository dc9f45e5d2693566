using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class SecretKindsTests
{
    private const int Seeds = 20;

    public static TheoryData<string, string> Templates => [.. SecretSamples.Templates];

    [Fact]
    public void Every_kind_has_a_sample()
    {
        SecretRules.Default.Kinds.Should().HaveCountGreaterThanOrEqualTo(40)
            .And.BeEquivalentTo(SecretSamples.Templates.Select(sample => sample.Kind).Distinct());
        SecretRules.Default.Rules.Select(rule => rule.Id).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void A_secret_is_found_by_its_kind(string kind, string template)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var line = SecretSamples.Line(template, seed);

            SecretRules.Default.Scan($"first\n  {line}\nlast\n").Should().ContainSingle(finding => finding.Kind == kind, "of {0}", line)
                .Which.Line.Should().BeInRange(2, 2 + line.Count('\n'));
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void A_value_that_nobody_would_use_is_none(string kind, string template) =>
        SecretRules.Default.Scan(SecretSamples.Blank(template)).Should().BeEmpty("it is no {0}", kind);

    // Tokens that end in a checksum or have one length are none inside longer words.
    [Theory]
    [MemberData(nameof(Templates))]
    public void A_token_inside_a_word_is_none(string kind, string template)
    {
        var isBare = char.IsLetter(template[0]) && !template.AsSpan().ContainsAny(" =/");
        if (!isBare || SecretRules.Default.Rules.Any(rule => rule.Kind == kind && (rule.Assignment || rule.Generic || rule.Before > 0)))
            return;

        SecretRules.Default.Scan($"Q{SecretSamples.Line(template, 1)}").Where(finding => finding.Kind == kind).Should().BeEmpty();
    }

    [Fact]
    public void Every_pattern_runs_in_linear_time()
    {
        SecretRules.Default.Rules.Should().OnlyContain(rule => rule.Regex.Options.HasFlag(RegexOptions.NonBacktracking))
            .And.OnlyContain(rule => rule.Regex.GetGroupNames().Contains("secret"))
            .And.OnlyContain(rule => rule.Keywords.Count > 0 && rule.Keywords.All(keyword => keyword.Length >= 3 && keyword.All(char.IsAscii)));
    }

    [Theory]
    [InlineData("{-}BEGIN RSA PRIVATE KEY{-}\n")]
    [InlineData("password=")]
    [InlineData("://a:")]
    [InlineData("token: \"")]
    [InlineData("server=a;password=")]
    [InlineData("eyJ")]
    [InlineData("sk-")]
    [InlineData("secret_key = ((((")]
    public void A_hostile_text_takes_no_longer_than_its_length_allows(string piece)
    {
        var text = new StringBuilder().Insert(0, SecretSamples.Line(piece, 0), 1_000_000 / piece.Length).ToString();
        var clock = Stopwatch.StartNew();

        SecretRules.Default.Scan(text).Should().BeEmpty();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60), "a pattern that tries again and again would take hours");
    }
}
