using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>A patch with its added and removed lines told apart by colour as well as by their sign.</summary>
public static class DiffText
{
    public static void Write(IAnsiConsole console, string patch)
    {
        foreach (var line in patch.TrimEnd('\n').Split('\n'))
            console.Write(new Text(line + "\n", StyleOf(line)));
    }

    private static Style StyleOf(string line) => line switch
    {
        _ when line.StartsWith("diff ", StringComparison.Ordinal) || line.StartsWith("+++", StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal)
            => new Style(decoration: Decoration.Bold),
        ['+', ..] => new Style(Color.Green),
        ['-', ..] => new Style(Color.Red),
        ['@', '@', ..] => new Style(Color.Teal),
        _ => Style.Plain,
    };
}
