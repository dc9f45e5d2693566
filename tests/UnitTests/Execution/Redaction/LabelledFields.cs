using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>
/// Fills templates, innermost field first: <c>«hex:40»</c> is characters of an alphabet, <c>«a|b»</c> a choice,
/// <c>«base64=text»</c> the text encoded, <c>«host»</c> a word of <see cref="LabelledWords"/>. Values come to be only
/// here, so no file of the repository holds anything that looks like a secret.
/// </summary>
internal sealed partial class LabelledFields(Random luck)
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    private static readonly Dictionary<string, string> Alphabets = new()
    {
        ["hex"] = Digits + "abcdef",
        ["HEX"] = Digits + "ABCDEF",
        ["digits"] = Digits,
        ["letters"] = Lower,
        ["LETTERS"] = Upper,
        ["alpha"] = Lower + Upper,
        ["lower"] = Lower + Digits,
        ["upper"] = Upper + Digits,
        ["alnum"] = Lower + Upper + Digits,
        ["url"] = Lower + Upper + Digits + "-_",
        ["b64"] = Lower + Upper + Digits + "+/",
        ["base32"] = Upper + "234567",
        ["bech32"] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        ["ulid"] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
        ["nix"] = "0123456789abcdfghijklmnpqrsvwxyz",
        ["azure"] = Lower + Upper + Digits + "_~.-",
        ["strong"] = Lower + Upper + Digits + "!#%*+-_.?",
        ["vlq"] = Lower + Upper + "AAACCCEEEGGG,,,;",
    };

    public string Expand(string template, LabelledKind kind)
    {
        var name = Fill(Any(kind.Names, ""), []);
        return Fill(template, new Dictionary<string, string>
        {
            ["ENV"] = name,
            ["snake"] = name.ToLowerInvariant(),
            ["kebab"] = name.ToLowerInvariant().Replace('_', '-'),
            ["Pascal"] = Pascal(name),
            ["camel"] = char.ToLowerInvariant(Pascal(name)[0]) + Pascal(name)[1..],
            ["value"] = Any(kind.Values, ""),
        });
    }

    private string Fill(string template, Dictionary<string, string> given)
    {
        var text = template;
        while (Innermost().IsMatch(text))
            text = Innermost().Replace(text, match => Field(match.Groups[1].Value, given));
        return text;
    }

    private string Field(string field, Dictionary<string, string> given)
    {
        if (Operation().Match(field) is { Success: true } operation)
            return Encoded(operation.Groups[1].Value, operation.Groups[2].Value);
        if (field.Contains('|', StringComparison.Ordinal))
            return Any(field.Split('|'), "");
        if (Characters().Match(field) is { Success: true } characters)
            return Text(characters.Groups[1].Value, Number(characters.Groups[2].Value), characters.Groups[3]);
        return given.TryGetValue(field, out var value) || LabelledWords.All.TryGetValue(field, out value)
            ? value
            : throw new ArgumentException($"No field is called {field}", nameof(field));
    }

    private string Text(string alphabet, int least, Group most)
    {
        var length = luck.Next(least, (most.Success ? Number(most.Value) : least) + 1);
        return alphabet switch
        {
            "base64" => Convert.ToBase64String(Bytes(length)),
            "pem" => Wrapped(Convert.ToBase64String(Bytes(length)), "\n"),
            "pemjson" => Wrapped(Convert.ToBase64String(Bytes(length)), "\\n"),
            "number" => length.ToString(CultureInfo.InvariantCulture),
            _ => new string(luck.GetItems<char>(Alphabets[alphabet], length)),
        };
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        luck.NextBytes(bytes);
        return bytes;
    }

    private string Any(string[] choices, string none) => choices.Length == 0 ? none : choices[luck.Next(choices.Length)];

    private static string Encoded(string encoding, string text)
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        return encoding switch
        {
            "base64url" => base64.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
            "escape" => Uri.EscapeDataString(text),
            _ => base64,
        };
    }

    private static string Wrapped(string base64, string newLine) => string.Join(newLine, base64.Chunk(64).Select(line => new string(line)));

    private static string Pascal(string name) =>
        name.Length == 0 ? "_" : string.Concat(name.ToLowerInvariant().Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex("«([^«»]*)»")]
    private static partial Regex Innermost();

    [GeneratedRegex("^(base64|base64url|escape)=(.*)$", RegexOptions.Singleline)]
    private static partial Regex Operation();

    [GeneratedRegex("^([A-Za-z0-9]+):([0-9]+)(?:-([0-9]+))?$")]
    private static partial Regex Characters();
}
