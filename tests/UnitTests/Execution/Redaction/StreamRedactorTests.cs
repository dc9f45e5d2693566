using System.Diagnostics;
using System.Globalization;
using System.Text;
using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class StreamRedactorTests
{
    private static readonly int[] Sizes = [1, 2, 3, 5, 7, 8, 9, 13, 16, 17, 31, 64, 100, 255, 256, 1000, 1024, 2047, 4095, 4096];

    [Fact]
    public void A_secret_at_every_offset_of_pieces_of_every_size_is_masked_and_nothing_else()
    {
        var secret = Canaries.All[0];
        var patterns = new SecretPatterns(SecretEncodings.Of(secret));
        var lines = Lines(9000);

        foreach (var size in Sizes)
        {
            for (var offset = 0; offset < size; offset++)
                Redact(patterns, $"{lines[..offset]}{secret}{lines[offset..(offset + size + 9)]}", size).Should().Be($"{lines[..offset]}[redacted]{lines[offset..(offset + size + 9)]}");
        }

        for (var size = 1; size <= 4096; size++)
        {
            var offset = size * 7919 % 4096;
            Redact(patterns, $"{lines[..offset]}{secret}{lines[offset..8000]}", size).Should().Be($"{lines[..offset]}[redacted]{lines[offset..8000]}");
        }
    }

    [Fact]
    public void What_is_given_out_after_any_piece_holds_no_eight_characters_of_a_secret()
    {
        var secrets = Canaries.All.Take(16).ToList();
        var patterns = TestSecrets.Of([.. secrets]).ForText;
        var written = secrets.SelectMany(Canaries.Written).ToList();
        var random = new Random(5);

        foreach (var (way, text) in written)
        {
            var redactor = new StreamRedactor(() => patterns);
            var given = new StringBuilder();
            var whole = $"{Lines(50)}{text}";
            // It ends in the middle, too.
            whole = whole[..^random.Next(0, text.Length - 8)];
            for (var at = 0; at < whole.Length;)
            {
                var size = Math.Min(random.Next(1, 12), whole.Length - at);
                given.Append(redactor.Write(whole.AsSpan(at, size)));
                at += size;
                Canaries.Leak(text, given.ToString()).Should().BeNull(way);
            }

            given.Append(redactor.Finish());
            Canaries.Leak(text, given.ToString()).Should().BeNull(way);
        }
    }

    [Fact]
    public void Any_text_in_any_pieces_comes_out_as_the_simplest_program_writes_it()
    {
        var random = new Random(7);
        string Text(int length, int letters) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(letters))));
        for (var round = 0; round < 3000; round++)
        {
            var letters = random.Next(1, 4);
            var texts = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Text(random.Next(8, 16), letters)).ToList();
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 8)).Select(_ => random.Next(2) == 0 ? Text(random.Next(0, 12), letters) : texts[random.Next(texts.Count)][..random.Next(1, 8)] + texts[random.Next(texts.Count)]));

            var clean = Redact(new SecretPatterns(texts), text, () => random.Next(1, 20));

            clean.Should().Be(Simplest(texts, text), $"of {text} with {string.Join(", ", texts)}");
        }
    }

    [Theory]
    [InlineData("xx abcdefghijkl xx", "xx [redacted] xx", "abcdefgh", "abcdefghijkl")]
    [InlineData("xx abcdefghijk xx", "xx [redacted]ijk xx", "abcdefgh", "abcdefghijkl")]
    [InlineData("xx abcdefghijkl xx", "xx [redacted] xx", "abcdefgh", "efghijkl")]
    [InlineData("xx abcdefghijkl xx", "xx [redacted] xx", "abcdefghijkl", "cdefghij")]
    [InlineData("abcdefghabcdefgh", "[redacted][redacted]", "abcdefgh")]
    [InlineData("aaaaaaaaaaaa", "[redacted]", "aaaaaaaa")]
    [InlineData("ABCDEFGH", "ABCDEFGH", "abcdefgh")]
    [InlineData("cut abcdefgh", "cut [redacted]", "abcdefghijkl")]
    [InlineData("cut abcdefg", "cut abcdefg", "abcdefghijkl")]
    [InlineData("", "", "abcdefgh")]
    public void Secrets_that_overlap_or_begin_alike_leave_nothing_of_either(string text, string clean, params string[] texts)
    {
        var patterns = new SecretPatterns(texts);

        for (var size = 1; size <= text.Length + 1; size++)
            Redact(patterns, text, size).Should().Be(clean, $"in pieces of {size}");
        StreamRedactor.Clean(patterns, text).Should().Be(clean);
    }

    [Fact]
    public void Only_an_end_that_may_become_a_secret_is_held_back()
    {
        var redactor = new StreamRedactor(() => new SecretPatterns(["abcdefghijkl"]));

        redactor.Write("all of this ab").ToString().Should().Be("all of this ");
        redactor.Held.Should().Be(2);
        redactor.Write("cdefgh").IsEmpty.Should().BeTrue();
        redactor.Held.Should().Be(8);
        redactor.Write("!").ToString().Should().Be("abcdefgh!");
        redactor.Held.Should().Be(0);
        redactor.Finish().IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void A_new_secret_is_looked_for_from_the_next_piece_on()
    {
        var patterns = new SecretPatterns(["abcdefgh"]);
        var redactor = new StreamRedactor(() => patterns);

        var first = redactor.Write("12345678 abc").ToString();
        patterns = new SecretPatterns(["abcdefgh", "12345678"]);
        var second = redactor.Write("defgh 12345678 ").ToString();

        (first, second).Should().Be(("12345678 ", "[redacted] [redacted] "));
    }

    [Fact]
    public void Little_is_held_and_single_characters_cost_no_more_than_they_must()
    {
        // Each character may begin a secret that is almost there.
        var patterns = new SecretPatterns([new string('a', 18_000) + "b", .. Enumerable.Range(0, 200).Select(index => new string('a', 1000) + $"c{index}")]);
        var redactor = new StreamRedactor(() => patterns);
        var (given, most) = (0, 0);

        var watch = Stopwatch.StartNew();
        for (var index = 0; index < 100_000; index++)
        {
            given += redactor.Write("a").Length;
            most = Math.Max(most, redactor.Held);
        }

        given += redactor.Finish().Length;
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30));
        (most * sizeof(char)).Should().BeLessThan(64 * 1024);
        given.Should().Be(100_000 - most + StreamRedactor.Mask.Length);
    }

    [Fact]
    public void Ten_megabytes_of_clean_log_are_the_same_ten_megabytes()
    {
        var patterns = TestSecrets.Of([.. Canaries.All]).ForText;
        var log = Lines(10_000_000);

        Redact(patterns, log, 4096).Should().Be(log);
        StreamRedactor.Clean(patterns, log).Should().BeSameAs(log);
    }

    private static string Redact(SecretPatterns patterns, string text, int size) => Redact(patterns, text, () => size);

    private static string Redact(SecretPatterns patterns, string text, Func<int> size)
    {
        var redactor = new StreamRedactor(() => patterns);
        var clean = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(size(), text.Length - at);
            clean.Append(redactor.Write(text.AsSpan(at, length)));
            at += length;
        }

        return clean.Append(redactor.Finish()).ToString();
    }

    private static string Lines(int length)
    {
        var lines = new StringBuilder();
        for (var line = 0; lines.Length < length; line++)
            lines.Append(CultureInfo.InvariantCulture, $"2026-11-28T02:{line / 60 % 60:00}:{line % 60:00} info Building /src/app/Module{line}.cs -> {line * 2654435761L:x8} ok, tests passed: {line % 97}\n");
        return lines.ToString(0, length);
    }

    /// <summary>Tries every text at every place, and masks what is covered; secrets that only touch have a mask each.</summary>
    private static string Simplest(List<string> texts, string text)
    {
        var matches = Enumerable.Range(0, text.Length)
            .Select(start => (Start: start, End: start + texts.Where(one => string.CompareOrdinal(text, start, one, 0, one.Length) == 0).Select(one => one.Length).DefaultIfEmpty().Max())).ToList();
        var cut = Enumerable.Range(0, Math.Max(0, text.Length - 7)).FirstOrDefault(start => texts.Exists(one => one.Length > text.Length - start && one.StartsWith(text[start..], StringComparison.Ordinal)), -1);
        if (cut >= 0)
            matches[cut] = (cut, text.Length);
        var (clean, done) = (new StringBuilder(), 0);
        foreach (var (start, end) in matches.Where(match => match.End > match.Start))
        {
            if (start >= done)
                clean.Append(text, done, start - done).Append("[redacted]");
            done = Math.Max(done, end);
        }

        return clean.Append(text, done, text.Length - done).ToString();
    }
}
