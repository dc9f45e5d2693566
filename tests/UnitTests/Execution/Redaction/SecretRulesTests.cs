using System.Globalization;
using System.Text;
using AwesomeAssertions;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Unknown secrets: at least 90 % of them are found, and at least three of four findings are right.</summary>
public sealed class SecretRulesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unknown_secrets_are_found_and_look_alikes_left_alone(bool heldOut)
    {
        var rows = LabelledSecrets.All.Where(sample => sample.HeldOut == heldOut)
            .GroupBy(sample => (sample.IsSecret, sample.Kind))
            .Select(kind => new Row(kind.Key.IsSecret, kind.Key.Kind, kind.Count(sample => HasFindings(sample.Text)), kind.Count()))
            .ToList();
        var (secrets, lookAlikes) = (rows.Where(row => row.IsSecret).ToList(), rows.Where(row => !row.IsSecret).ToList());
        var found = secrets.Sum(row => row.Found);
        var recall = (double)found / secrets.Sum(row => row.Of);
        var precision = (double)found / Math.Max(1, found + lookAlikes.Sum(row => row.Found));

        TestContext.Current.TestOutputHelper?.WriteLine(Report(heldOut, recall, precision, rows));

        secrets.Should().HaveCountGreaterThanOrEqualTo(25).And.OnlyContain(row => row.Of >= 10);
        lookAlikes.Sum(row => row.Of).Should().BeGreaterThanOrEqualTo(10 * secrets.Sum(row => row.Of));
        recall.Should().BeGreaterThanOrEqualTo(0.90);
        precision.Should().BeGreaterThanOrEqualTo(0.75);
    }

    private static bool HasFindings(string text)
    {
        foreach (var _ in SecretRules.Default.Scan(text))
            return true;
        return false;
    }

    private static string Report(bool heldOut, double recall, double precision, List<Row> rows)
    {
        var report = new StringBuilder();
        report.AppendLine(CultureInfo.InvariantCulture, $"{(heldOut ? "held out" : "for tuning")}: recall {recall:P1}, precision {precision:P1}");
        foreach (var row in rows.OrderByDescending(row => row.IsSecret).ThenBy(row => row.Kind, StringComparer.Ordinal))
            report.AppendLine(CultureInfo.InvariantCulture, $"{(row.IsSecret ? "secret" : "look-alike"),-10} {row.Kind,-28} {row.Found}/{row.Of}");
        return report.ToString();
    }

    private sealed record Row(bool IsSecret, string Kind, int Found, int Of);
}
