using System.Text;
using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class AddedLinesTests
{
    private static readonly string Token = SecretSamples.Line("ghp_{n36}", 1);
    private static readonly string Other = SecretSamples.Line("glpat-{w19}{n1}", 2);
    private static readonly string[] Key = SecretSamples.Line("{-}BEGIN RSA PRIVATE KEY{-}\n{b64}\n{b64}\n{b64}\n{-}END RSA PRIVATE KEY{-}", 3).Split('\n');

    [Fact]
    public async Task Only_added_lines_count_and_lines_are_those_of_the_new_file()
    {
        var found = await ScanAsync(
            "diff --git a/src/app.env b/src/app.env",
            "index 1234567..89abcde 100644",
            "--- a/src/app.env",
            "+++ b/src/app.env",
            "@@ -1,3 +1,4 @@",
            $" OLD={Token}",
            $"-GONE={Token}",
            "+NEW=1",
            $"+TOKEN={Other}",
            " LAST=1",
            "@@ -40,2 +41,3 @@ section",
            " A=1",
            $"+B={Token}",
            " C=1");

        found.Should().Equal(("src/app.env", 3, "gitlab-token"), ("src/app.env", 42, "github-token"));
    }

    [Fact]
    public async Task Renames_binaries_and_deleted_files_are_passed_over()
    {
        var found = await ScanAsync(
            "diff --git a/old name.txt b/new name.txt",
            "similarity index 90%",
            "rename from old name.txt",
            "rename to new name.txt",
            "--- a/old name.txt\t",
            "+++ b/new name.txt\t",
            "@@ -5 +5 @@",
            "-x",
            $"+{Token}",
            "diff --git a/logo.png b/logo.png",
            "new file mode 100644",
            "Binary files /dev/null and b/logo.png differ",
            "diff --git a/data.bin b/data.bin",
            "GIT binary patch",
            "literal 12",
            "Tcmb>KVE_RZ!v~-MT><~",
            "",
            "diff --git a/gone.env b/gone.env",
            "deleted file mode 100644",
            "--- a/gone.env",
            "+++ /dev/null",
            "@@ -1 +0,0 @@",
            $"-{Token}",
            "diff --git a/moved b/elsewhere",
            "rename from moved",
            "rename to elsewhere",
            "diff --git \"a/caf\\303\\251.env\" \"b/caf\\303\\251.env\"",
            "--- /dev/null",
            "+++ \"b/caf\\303\\251 \\\"x\\\".env\"",
            "@@ -0,0 +1,2 @@",
            "+first",
            $"+{Other}",
            "\\ No newline at end of file");

        found.Should().Equal(("new name.txt", 5, "github-token"), ("café \"x\".env", 2, "gitlab-token"));
    }

    [Fact]
    public async Task A_line_without_an_end_counts_on_both_sides()
    {
        var found = await ScanAsync(
            "--- a/f",
            "+++ b/f",
            "@@ -1,2 +1,3 @@",
            " a",
            "-b",
            "\\ No newline at end of file",
            "+b",
            $"+{Token}",
            "\\ No newline at end of file",
            "--- a/g",
            "+++ b/g",
            "@@ -0,0 +1 @@",
            $"+{Other}");

        found.Should().Equal(("f", 3, "github-token"), ("g", 1, "gitlab-token"));
    }

    [Fact]
    public async Task Content_that_looks_like_a_header_is_content()
    {
        var found = await ScanAsync(
            "--- a/notes.md",
            "+++ b/notes.md",
            "@@ -1,2 +1,4 @@",
            "--- a/other.md",
            "+++ b/other.md",
            "+@@ -1 +90 @@",
            " ",
            $"+{Token}");

        found.Should().Equal(("notes.md", 4, "github-token"));
    }

    [Fact]
    public async Task A_key_is_found_over_added_lines_and_when_only_its_body_is_new()
    {
        var found = await ScanAsync(
        [
            "--- a/id", "+++ b/id", "@@ -1 +1,7 @@", " head", .. Key.Select(line => "+" + line), "+tail",
            "--- a/old", "+++ b/old", "@@ -1,6 +1,5 @@", " " + Key[0], "-AAAA", "+" + Key[1], "-BBBB", "+" + Key[2], "-CCCC", "+" + Key[3], " " + Key[4],
            "--- a/same", "+++ b/same", "@@ -1,5 +1,6 @@", .. Key.Select(line => " " + line), "+tail",
        ]);

        found.Should().Equal(("id", 2, "pem-private-key"), ("old", 1, "pem-private-key"));
    }

    [Fact]
    public async Task In_the_diff_of_a_merge_a_line_is_added_that_one_parent_lacks()
    {
        var found = await ScanAsync(
            "diff --cc app.env",
            "index 1111111,2222222..3333333",
            "--- a/app.env",
            "+++ b/app.env",
            "@@@ -1,2 -1,2 +1,4 @@@",
            "  A=1",
            $"- GONE={Token}",
            $" -GONE={Token}",
            "++B=1",
            $" +C={Token}",
            $"++D={Other}");

        found.Should().Equal(("app.env", 3, "github-token"), ("app.env", 4, "gitlab-token"));
    }

    [Fact]
    public async Task Long_lines_and_long_hunks_are_read_in_windows_and_lose_nothing()
    {
        var random = new Random(11);
        var (lines, expected) = (new List<string>(), new List<(string?, int, string)>());
        for (var number = 1; number <= 3000; number++)
        {
            var filler = string.Join(' ', Enumerable.Repeat("plain words", random.Next(1, 200)));
            lines.Add(number % 100 == 0 ? $"+{filler} {Token} {filler}" : $"+{filler}");
            if (number % 100 == 0)
                expected.Add(("big", number, "github-token"));
        }

        lines.Add($"+{new string(' ', 3_000_000)}{Other} {string.Join(' ', Enumerable.Repeat("words", 500_000))} {Other}");
        expected.AddRange([("big", 3001, "gitlab-token"), ("big", 3001, "gitlab-token")]);

        var found = await ScanAsync(["--- /dev/null", "+++ b/big", "@@ -0,0 +1,3001 @@", .. lines]);

        found.Should().Equal(expected);
    }

    [Fact]
    public async Task The_place_in_a_line_is_told()
    {
        var finding = await SecretRules.Default.ScanAddedLinesAsync(Diff("+++ b/f", "@@ -1 +1,2 @@", " a", $"+  x {Token}")).SingleAsync();

        finding.Should().Match<SecretHit>(it => it.Offset == 4 && it.Length == Token.Length && it.Line == 2 && it.File == "f");
        finding.Fingerprint.Should().Be(SecretRules.Default.Scan(Token).Single().Fingerprint);
    }

    private static async Task<List<(string? File, int Line, string Kind)>> ScanAsync(params string[] lines) =>
        await SecretRules.Default.ScanAddedLinesAsync(Diff(lines)).Select(finding => (finding.File, finding.Line, finding.Kind)).ToListAsync();

    private static MemoryStream Diff(params string[] lines) => new(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
}
