namespace Orchestrator.Benchmarks;

internal static class Statistics
{
    public static double Median(this IEnumerable<double> values) => Percentile([.. values], 50);

    /// <summary>By nearest rank.</summary>
    public static double Percentile(this double[] values, int percent)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(percent / 100.0 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
