using System.Globalization;
using System.Text;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Attempts;

/// <summary>How much of the conversation a step sees.</summary>
internal static class ContextText
{
    /// <summary>Messages that <c>sliding</c> keeps and that <c>summarize</c> keeps whole.</summary>
    public const int Window = 12;

    private const int ShortLength = 200;
    private const int MaxShortMessages = 100;

    /// <summary>The text, empty when there is nothing to say.</summary>
    public static string Of(IReadOnlyList<ContextMessage> messages, ContextStrategy strategy)
    {
        var text = new StringBuilder();
        var older = strategy == ContextStrategy.Full ? 0 : Math.Max(0, messages.Count - Window);
        if (strategy == ContextStrategy.Summarize && older > 0)
            AddShort(text, messages.Take(older).ToList());
        foreach (var message in messages.Skip(older))
            text.Append("**").Append(Line(message.Role)).Append("**: ").Append(TextCleaner.Clean(message.Content).Trim()).Append("\n\n");
        return text.ToString();
    }

    // Without a model at hand a summary is the beginning of each message, the oldest of very many only counted.
    private static void AddShort(StringBuilder text, List<ContextMessage> older)
    {
        text.Append(CultureInfo.InvariantCulture, $"Earlier, in short ({older.Count} messages):\n\n");
        foreach (var message in older.Skip(Math.Max(0, older.Count - MaxShortMessages)))
        {
            var line = Line(message.Content);
            text.Append("- ").Append(Line(message.Role)).Append(": ").Append(line.Length > ShortLength ? line[..Cut(line)] + "…" : line).Append('\n');
        }

        text.Append('\n');
    }

    private static int Cut(string line) => char.IsHighSurrogate(line[ShortLength - 1]) ? ShortLength - 1 : ShortLength;

    private static string Line(string text) => string.Join(' ', TextCleaner.Clean(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
