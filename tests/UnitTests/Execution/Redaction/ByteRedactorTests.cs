using System.Text;
using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class ByteRedactorTests
{
    [Fact]
    public void Bytes_that_are_no_text_pass_as_they_are()
    {
        var bytes = new byte[1 << 20];
        new Random(11).NextBytes(bytes);
        var patterns = TestSecrets.Of([.. Canaries.All]).ForBytes;

        foreach (var size in (int[])[1, 7, 4096, 65536])
            Redact(patterns, bytes, size).AsSpan().SequenceEqual(bytes).Should().BeTrue($"in pieces of {size}");
    }

    [Fact]
    public void Canaries_are_found_between_bytes_that_are_no_text()
    {
        var secrets = TestSecrets.Of([.. Canaries.All]);
        byte[] noise = [0xff, 0xc3, 0x00, 0x80];

        foreach (var (way, text) in Canaries.All.Take(32).SelectMany(Canaries.Written))
        {
            var clean = Redact(secrets.ForBytes, [.. noise, .. Encoding.UTF8.GetBytes(text), .. noise], 5);

            clean[..4].Should().Equal(noise, way);
            clean[^4..].Should().Equal(noise, way);
            Canaries.Leak(ByteRedactor.AsBytes(text), Encoding.Latin1.GetString(clean)).Should().BeNull(way);
        }
    }

    [Fact]
    public void A_piece_without_secrets_is_given_out_itself()
    {
        var redactor = TestSecrets.Of("apples-4711").NewForBytes();
        byte[] piece = [.. "nothing in it a"u8];

        var clean = redactor.Write(piece);

        (clean.Length, clean.Overlaps(piece), redactor.Held).Should().Be((piece.Length - 1, true, 1));
    }

    private static byte[] Redact(SecretPatterns patterns, byte[] bytes, int size)
    {
        var redactor = new ByteRedactor(() => patterns);
        using var clean = new MemoryStream();
        foreach (var piece in bytes.Chunk(size))
            clean.Write(redactor.Write(piece));
        clean.Write(redactor.Finish());
        return clean.ToArray();
    }
}
