using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class SecretEncodingsTests
{
    [Fact]
    public void Two_hundred_canaries_are_found_in_every_way_of_writing_them()
    {
        var secrets = TestSecrets.Of([.. Canaries.All]);

        var found = Canaries.All.SelectMany(Canaries.Written).ToList();

        found.Count.Should().BeGreaterThan(200 * 11);
        found.Where(canary => secrets.Clean($"before {canary.Text} after") is var text && (Canaries.Leak(canary.Text, text) is not null || !text.StartsWith("before ", StringComparison.Ordinal) || !text.EndsWith(" after", StringComparison.Ordinal)))
            .Should().BeEmpty();
    }

    [Theory]
    [InlineData("hunter2-hunter2", "Authorization: Basic eC1hY2Nlc3MtdG9rZW46aHVudGVyMi1odW50ZXIy\n", "Authorization: Basic eC1hY2Nlc3MtdG9rZW46[redacted]\n")]
    [InlineData("ci:hunter2-hunter2", "Authorization: Basic Y2k6aHVudGVyMi1odW50ZXIy\n", "Authorization: Basic [redacted]\n")]
    [InlineData("ci:hunter2-hunter2", "the password is hunter2-hunter2, it says\n", "the password is [redacted], it says\n")]
    [InlineData("amqp://ci:hunter2%2Fhunter2@broker/orchestrator", "hunter2/hunter2 or hunter2%2Fhunter2\n", "[redacted] or [redacted]\n")]
    [InlineData("Host=db;Username=me;Password='hunter2;hunter2';Database=x", "Password=hunter2;hunter2;\n", "Password=[redacted];\n")]
    [InlineData("MACHINE=ci-runner\nAPI_SECRET=hunter2-hunter2-hunter2\n", "curl -H 'X: hunter2-hunter2-hunter2'\n", "curl -H 'X: [redacted]'\n")]
    [InlineData("{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkq\\nhkiG9w0B\\n-----END PRIVATE KEY-----\"}", "MIIEvQIBADANBgkq, hkiG9w0B, service_account\n", "[redacted], [redacted], service_account\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIEvQIBADANBgkq\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nother\n", "-----BEGIN CERTIFICATE-----\nother\n")]
    public void What_is_secret_within_a_secret_is_found_by_itself(string secret, string text, string clean) =>
        TestSecrets.Of(secret).Clean(text).Should().Be(clean);

    [Fact]
    public void Lines_that_other_programs_break_are_found()
    {
        var key = string.Concat(Canaries.All.Where((_, index) => index % 8 == 0).Take(3));
        var secrets = TestSecrets.Of(key);
        var base64 = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(key));
        var hex = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(key));

        foreach (var broken in (string[])[Broken(base64, 76), Broken(base64, 64), Broken(hex, 60)])
            secrets.Clean(broken).Replace(StreamRedactor.Mask, "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Length.Should().BeLessThan(8, broken);
    }

    [Fact]
    public void A_long_value_is_found_in_pieces_that_are_short()
    {
        var random = new Random(3);
        var value = string.Concat(Enumerable.Range(0, 60_000).Select(_ => (char)random.Next('!', '~')));

        var texts = SecretEncodings.Of(value);

        texts.Max(text => text.Length).Should().BeLessThan(20_000);
        TestSecrets.Of(value).Clean($"a {value} b").Should().MatchRegex(@"^a (\[redacted\])+ b$");
    }

    [Fact]
    public void Every_text_is_long_enough_to_be_looked_for() =>
        Canaries.All.SelectMany(SecretEncodings.Of).Should().OnlyContain(text => text.Length >= 8);

    private static string Broken(string text, int length) => string.Join('\n', text.Chunk(length).Select(line => new string(line)));
}
