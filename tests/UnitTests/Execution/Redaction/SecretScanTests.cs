using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class SecretScanTests
{
    private static readonly SecretRules Rules = SecretRules.Default;

    [Theory]
    [InlineData("SESSION_SECRET={n32}")]
    [InlineData("export API_TOKEN='{n32}'")]
    [InlineData("\"clientSecret\": \"{n32}\",")]
    [InlineData("{\\\"client_secret\\\":\\\"{n32}\\\"}")]
    [InlineData("config['api_key'] = \"{n32}\"")]
    [InlineData("'secret' => '{n32}',")]
    [InlineData("token := \"{n32}\"")]
    [InlineData("const apiKey: string = \"{n32}\";")]
    [InlineData("let api_key: &'static str = \"{n32}\";")]
    [InlineData("API_KEY: Final[str] = r\"{n32}\"")]
    [InlineData("private const string ApiKey = @\"{n32}\";")]
    [InlineData("client.setToken(\"{n32}\")")]
    [InlineData("map.put(\"api_key\", \"{n32}\")")]
    [InlineData("<ApiKey>{n32}</ApiKey>")]
    [InlineData("<add key=\"ApiSecret\" value=\"{n32}\" />")]
    [InlineData("- name: API_TOKEN\n  value: \"{n32}\"")]
    [InlineData("{\"name\": \"API_TOKEN\", \"value\": \"{n32}\"}")]
    [InlineData("tool --api-key {n32} --verbose")]
    [InlineData("X-Api-Key: {n32}")]
    [InlineData("GET /v1/items?page=2&access_token={n32}&limit=5")]
    [InlineData("spring.datasource.password={n16}")]
    [InlineData("ENCRYPTION_KEY={b43}=")]
    public void A_value_is_found_in_whichever_way_it_is_given_to_its_name(string template)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var line = SecretSamples.Line(template, seed);

            Rules.Scan(line).Should().ContainSingle("of {0}", line).Which.Length.Should().BeInRange(16, 44);
        }
    }

    [Theory]
    [InlineData("aws_access_key_id = AKIAIOSFODNN7EXAMPLE")]
    [InlineData("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")]
    [InlineData("API_KEY=${API_KEY}")]
    [InlineData("api_key: {{ .Values.apiKey }}")]
    [InlineData("password: <your-password-here>")]
    [InlineData("token = process.env.GITHUB_TOKEN")]
    [InlineData("token = os.environ[\"GITHUB_TOKEN\"]")]
    [InlineData("PASSWORD=changeme123")]
    [InlineData("secret: xxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("api_key = \"1234567890abcdef1234567890abcdef\"")]
    [InlineData("password = \"************\"")]
    [InlineData("DATABASE_URL=postgres://user:password@localhost:5432/db")]
    [InlineData("DATABASE_URL=postgres://$USER:$PASSWORD@db/app")]
    [InlineData("commit {h40}")]
    [InlineData("token_revision: {h40}")]
    [InlineData("    \"integrity\": \"sha512-{b86}==\",")]
    [InlineData("checksum = \"{h64}\"")]
    [InlineData("password_hash: {h64}")]
    [InlineData("request_id={g} token={g}")]
    [InlineData("![logo](data:image/png;base64,{b400}==)")]
    [InlineData("tokenFile = \"/var/run/secrets/kubernetes.io/serviceaccount/token\"")]
    [InlineData("secretName: orchestrator-model-credentials")]
    [InlineData("var accessToken = await tokenProvider.GetAccessTokenAsync(cancellationToken);")]
    [InlineData("password = request.form.password")]
    [InlineData("passwordPlaceholder: 'Enter your password'")]
    [InlineData("nextPageToken: \"{b40}\"")]
    [InlineData("public_key = \"{b88}\"")]
    [InlineData("max_tokens=4096 total_tokens: 183274")]
    [InlineData("https://example.org:8080/path@version")]
    [InlineData("ssh-ed25519 {b68} user@host")]
    [InlineData("Authorization: Bearer <token>")]
    [InlineData("risk-assessment-of-the-new-task-and-its-disk-usage-reported-by-the-desk")]
    public void A_look_alike_is_none(string template)
    {
        for (var seed = 0; seed < 20; seed++)
            Rules.Scan(SecretSamples.Line(template, seed)).Should().BeEmpty("of {0}", SecretSamples.Line(template, seed));
    }

    [Fact]
    public void A_finding_tells_the_place_and_not_the_value()
    {
        var token = SecretSamples.Line("ghp_{n36}", 1);
        var text = $"one\ntwo\nset {token} now, {token}\n";

        var findings = Rules.Scan(text).ToList();

        findings.Should().HaveCount(2).And.OnlyContain(finding => finding.Line == 3 && finding.Length == token.Length && finding.File == null && finding.RuleId == "github-token");
        findings.Select(finding => finding.Offset).Should().Equal(text.IndexOf(token, StringComparison.Ordinal), text.LastIndexOf(token, StringComparison.Ordinal));
        findings.Select(finding => finding.Fingerprint).Distinct().Should().Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"github-token\0{token}")))[..16]);
        findings[0].ToString().Should().NotContain(token[4..]);
    }

    [Theory]
    [InlineData("\\nghp_{n36}\\n")]
    [InlineData("%20ghp_{n36}%0A")]
    [InlineData("\\u0022ghp_{n36}\\u0022")]
    [InlineData("\"ghp_{n36}\"")]
    [InlineData("x-access-token:ghp_{n36}@github.com")]
    public void An_escape_is_no_part_of_a_word(string template) =>
        Rules.Scan(SecretSamples.Line(template, 3)).Should().ContainSingle().Which.Kind.Should().Be("github-token");

    [Fact]
    public void A_value_that_two_rules_see_is_told_once_by_the_more_exact_one()
    {
        var line = SecretSamples.Line("Authorization: Bearer sk-ant-api03-{w93}AA", 5);

        Rules.Scan($"{line}\nANTHROPIC_API_KEY={line[22..]}\n").Select(finding => (finding.Kind, finding.Line)).Should().Equal(("anthropic-key", 1), ("anthropic-key", 2));
    }

    [Fact]
    public void Ten_megabytes_of_clean_text_hold_none()
    {
        var random = new Random(7);
        var text = new StringBuilder(11_000_000);
        while (text.Length < 10_000_000)
            text.Append(Clean(random, text.Length)).Append('\n');

        Rules.Scan(text.ToString()).Should().BeEmpty();
    }

    private static string Clean(Random random, int at) => (at % 8) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"2026-03-01T10:{at % 60:00}:{at % 59:00}.{at % 1000:000}Z INFO Orchestrator.Runners[{at}] step {SecretSamples.Line("{g}", at)} attempt 2 started in /var/lib/orchestrator/work/{SecretSamples.Line("{h12}", at)}"),
        1 => SecretSamples.Line("      \"integrity\": \"sha512-{b86}==\",", at),
        2 => SecretSamples.Line("index {h40}..{h40} 100644", at),
        3 => "    public async Task<Token> GetTokenAsync(string password, CancellationToken cancellationToken) => await tokens.FindAsync(password, cancellationToken);",
        4 => "      \"resolved\": \"https://registry.npmjs.org/key-value-store/-/key-value-store-1.4.2.tgz\",",
        5 => SecretSamples.Line("  checksum: sha256:{h64}", at),
        6 => string.Join(' ', random.GetItems(["The", "password", "of", "a", "user", "is", "a", "secret", "which", "no", "token", "replaces;", "see", "the", "key", "rules:", "section", "four."], 20)),
        _ => SecretSamples.Line("<img src=\"data:image/png;base64,{b200}\">", at),
    };
}
