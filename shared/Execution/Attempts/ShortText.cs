using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Execution.Attempts;

/// <summary>Makes foreign words fit for messages, results and the database: clean, without secrets, and no longer than a limit.</summary>
internal static class ShortText
{
    /// <summary>The text, cut at the limit.</summary>
    public static string Of(string text, int longest, KnownSecrets secrets)
    {
        // Foreign text can be of any length; what is cut off anyway need not be cleaned.
        var clean = SecretRules.Default.Mask(secrets.Clean(TextCleaner.Clean(text.Length > 8 * longest ? text[..(8 * longest)] : text)));
        if (clean.Length <= longest)
            return clean;
        return clean[..(char.IsHighSurrogate(clean[longest - 2]) ? longest - 2 : longest - 1)] + "…";
    }

    /// <summary>The text in one line, cut at the limit.</summary>
    public static string Line(string text, int longest, KnownSecrets secrets) =>
        Of(string.Join(' ', Of(text, 8 * longest, secrets).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), longest, secrets);
}
