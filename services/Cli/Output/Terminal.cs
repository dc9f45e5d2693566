using System.Text;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>Where the tool writes and what it knows of its surroundings. Standard output carries data, standard error progress.</summary>
public sealed class Terminal
{
    // Wide enough that a table which is piped into another program is never folded.
    private const int UnboundedWidth = 4096;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public Terminal(Stream output, Stream error, Func<string, string?> variable, string folder, TextReader? input = null)
    {
        OutBytes = output;
        Variable = variable;
        Folder = folder;
        In = input ?? TextReader.Null;
        Out = new StreamWriter(output, Utf8) { AutoFlush = true };
        Error = new StreamWriter(error, Utf8) { AutoFlush = true };
    }

    public Stream OutBytes { get; }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public TextReader In { get; }

    /// <summary>Reads an environment variable; an empty one counts as absent.</summary>
    public Func<string, string?> Variable { get; }

    public string Folder { get; }

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public int Width { get; init; } = 80;

    // https://no-color.org: present and not empty, whatever the value.
    public bool Color => string.IsNullOrEmpty(Variable("NO_COLOR")) && !IsDumb;

    private bool IsDumb => string.Equals(Variable("TERM"), "dumb", StringComparison.Ordinal);

    /// <summary>Whether a view may be redrawn in place.</summary>
    public bool CanRedraw => ErrorIsTerminal && !IsDumb;

    public IAnsiConsole Data => Console(Out, OutIsTerminal);

    public IAnsiConsole Progress => Console(Error, ErrorIsTerminal);

    public static Terminal Current() => new(
        PipedOutput.Open() ?? System.Console.OpenStandardOutput(),
        System.Console.OpenStandardError(),
        name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        Environment.CurrentDirectory,
        System.Console.IsInputRedirected ? System.Console.In : null)
    {
        OutIsTerminal = !System.Console.IsOutputRedirected,
        ErrorIsTerminal = !System.Console.IsErrorRedirected,
        Width = WindowWidth(),
    };

    /// <summary>One line of progress.</summary>
    public void Note(string line) => Error.WriteLine(line);

    private static int WindowWidth()
    {
        try
        {
            return System.Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    private IAnsiConsole Console(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal && !IsDumb ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal && Color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = isTerminal ? Width : UnboundedWidth;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
