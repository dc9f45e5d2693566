using System.Diagnostics;
using System.Globalization;
using System.Text;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Benchmarks;

/// <summary>How fast a core takes 200 secrets, in every way of writing them, out of an ordinary log; beside a plain copy of the same stream.</summary>
internal static class RedactionSpeed
{
    private const int Secrets = 200;
    private const int Piece = 64 * 1024;
    private const int Runs = 7;

    public static void AddTo(Table table)
    {
        var texts = Enumerable.Range(0, Secrets).SelectMany(index => SecretEncodings.Of(Secret(index))).ToList();
        var patterns = new SecretPatterns(texts);
        var log = Encoding.UTF8.GetBytes(Log(16 << 20));
        var (copy, redacted, masked) = (new List<double>(), new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            copy.Add(Seconds(log, (target, piece) => target.Write(piece.Span)));
            var redactor = new ByteRedactor(() => patterns);
            redacted.Add(Seconds(log, (target, piece) => target.Write(redactor.Write(piece.Span))));
            masked.Add(Seconds(log, (target, piece) => target.Write(Encoding.UTF8.GetBytes(SecretRules.Default.Mask(Encoding.UTF8.GetString(piece.Span))))));
        }

        var nanoseconds = redacted.Median() * 1e9 / log.Length;
        table.Note("limit: plain copy of a log, MB/s per core", $"{log.Length / copy.Median() / 1e6:0}");
        table.Figure(
            $"redaction of {Secrets} secrets ({patterns.Count} texts), ns per byte",
            $"{nanoseconds:0.0} ({1000 / nanoseconds:0} MB/s per core, 1/{redacted.Median() / copy.Median():0} of the copy)",
            [nanoseconds], [20], [10]);
        var byRule = masked.Median() * 1e9 / log.Length;
        table.Figure($"masking of what {SecretRules.Default.Kinds.Count} kinds of secrets look like, ns per byte", $"{byRule:0.0} ({1000 / byRule:0} MB/s per core)", [byRule], [20], [10]);
    }

    private static double Seconds(byte[] log, Action<MemoryStream, ReadOnlyMemory<byte>> write)
    {
        using var target = new MemoryStream(log.Length);
        var watch = Stopwatch.StartNew();
        for (var at = 0; at < log.Length; at += Piece)
            write(target, log.AsMemory(at, Math.Min(Piece, log.Length - at)));
        return watch.Elapsed.TotalSeconds;
    }

    // Base64 of the numbers of a generator: no two begin alike, as keys of many providers.
    private static string Secret(int index)
    {
        var bytes = new byte[30];
        new Random(index).NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }

    private static string Log(int length)
    {
        var log = new StringBuilder();
        for (var line = 0; log.Length < length; line++)
            log.Append(CultureInfo.InvariantCulture, $"{{\"@t\":\"2026-11-28T02:{line / 60 % 60:00}:{line % 60:00}Z\",\"@m\":\"Compiling Module{line}.cs -> /src/app/bin/Debug/net10.0/{line * 2654435761L:x8}.dll, {line % 97} tests passed\"}}\n");
        return log.ToString(0, length);
    }
}
