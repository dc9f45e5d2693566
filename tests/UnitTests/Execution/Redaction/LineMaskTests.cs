using System.Security.Cryptography;
using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class LineMaskTests
{
    private static readonly string[] Body = [.. Enumerable.Range(0, 24).Select(_ => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/", 64))];

    private static readonly string Key = $"before\n-----BEGIN RSA PRIVATE {"KEY"}-----\nProc-Type: 4,ENCRYPTED\n\n{string.Join('\n', Body)}\n-----END RSA PRIVATE {"KEY"}-----\nafter it\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void A_private_key_is_masked_however_many_lines_come_at_a_time(int lines)
    {
        var mask = new LineMask(SecretRules.Default);

        var masked = string.Concat(Key.Split('\n').SkipLast(1).Chunk(lines).Select(piece => mask.Mask(string.Concat(piece.Select(line => line + "\n")))));

        masked.Should().StartWith("before\n").And.EndWith("after it\n").And.Contain("[redacted]");
        Body.Where(line => masked.Contains(line[..12], StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void A_key_that_breaks_off_masks_nothing_that_follows()
    {
        var mask = new LineMask(SecretRules.Default);
        mask.Mask($"-----BEGIN {"PRIVATE KEY"}-----\n{Body[0]}\n");

        mask.Mask("error: it was cut short\nmore words\n").Should().Be("error: it was cut short\nmore words\n");
        mask.Mask($"{Body[1]}\n").Should().Be($"{Body[1]}\n");
    }

    [Fact]
    public void Words_about_keys_and_public_ones_stay_as_they_are()
    {
        var text = $"the PRIVATE KEY is kept elsewhere\n-----BEGIN PUBLIC KEY-----\n{Body[0]}\n-----END PUBLIC KEY-----\n\nend";

        new LineMask(SecretRules.Default).Mask(text).Should().Be(text);
    }

    [Theory]
    [InlineData("one two three", 8)]
    [InlineData("{\"a\":\"b\",\"c", 10)]
    [InlineData("nothing-to-cut-at", 17)]
    public void A_line_that_is_too_long_is_cut_where_no_secret_is(string line, int at) => LineMask.Cut(line).Should().Be(at);
}
