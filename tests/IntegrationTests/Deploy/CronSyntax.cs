using System.Globalization;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>The schedules that Kubernetes takes: five fields within their ranges, names of months and days, or a macro.</summary>
internal static class CronSyntax
{
    private static readonly (int Low, int High, string[] Names)[] Fields =
    [
        (0, 59, []),
        (0, 23, []),
        (1, 31, []),
        (1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        (0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    public static bool IsSchedule(string text)
    {
        if (text is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
            return true;
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == Fields.Length && fields.Zip(Fields).All(pair => pair.First.Split(',').All(part => IsPart(part, pair.Second)));
    }

    private static bool IsPart(string part, (int Low, int High, string[] Names) field)
    {
        var step = part.Split('/');
        if (step.Length > 2 || (step.Length == 2 && (Number(step[1]) is not > 0)))
            return false;
        if (step[0] is "*" or "?")
            return true;
        var ends = step[0].Split('-').Select(end => Value(end, field)).ToArray();
        return ends.Length is 1 or 2 && ends.All(end => end >= field.Low && end <= field.High) && ends[0] <= ends[^1];
    }

    private static int? Value(string text, (int Low, int High, string[] Names) field)
    {
        var name = Array.FindIndex(field.Names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name >= 0 ? field.Low + name : Number(text);
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
