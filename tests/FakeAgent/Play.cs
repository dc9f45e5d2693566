using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.FakeAgent;

/// <summary>
/// Plays an agent: does what its arguments say, in their order, as a real one might by accident or on purpose. Arguments are <c>verb</c> or <c>verb=value</c>.
/// It ends with exit code 0 when nothing else was said.
/// </summary>
internal static class Play
{
    private const int Block = 64 * 1024;

    private static readonly Stream Output = Console.OpenStandardOutput();
    private static readonly Stream Error = Console.OpenStandardError();

    // A registration that is collected takes its handler along.
    private static readonly List<PosixSignalRegistration> Handlers = [];

    public static async Task<int> RunAsync(string[] arguments)
    {
        for (var next = 0; next < arguments.Length; next++)
        {
            var argument = arguments[next];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var (verb, value) = equals < 0 ? (argument, "") : (argument[..equals], argument[(equals + 1)..]);
            if (verb == "exit")
                return int.Parse(value, CultureInfo.InvariantCulture);
            if (verb == "print-rest")
            {
                Write(Output, string.Join('\0', arguments.Skip(next + 1)));
                return 0;
            }

            await DoAsync(verb, value);
        }

        return 0;
    }

    private static async Task DoAsync(string verb, string value)
    {
        switch (verb)
        {
            case "print":
                Write(Output, value + "\n");
                break;
            case "print-error":
                Write(Error, value + "\n");
                break;
            case "print-environment":
                foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
                    Write(Output, $"{variable.Key}={variable.Value}\n");
                break;
            case "print-input":
                Write(Output, await Console.In.ReadToEndAsync());
                break;
            case "flood":
                Fill(Number(value), endsLines: true);
                break;
            case "endless-line":
                Fill(Number(value), endsLines: false);
                break;
            case "write":
                File.WriteAllText(value.Split(':')[0], value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..] + "\n");
                break;
            case "sleep":
                await Task.Delay((int)Number(value));
                break;
            case "hang":
                await Task.Delay(Timeout.Infinite);
                break;
            case "ignore-terminate":
                Handlers.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true));
                break;
            case "end-on-terminate":
                Handlers.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ =>
                {
                    File.WriteAllText(value, "asked\n");
                    Environment.Exit(7);
                }));
                break;
            case "kill-self":
                using (var killed = Process.GetCurrentProcess())
                    killed.Kill();
                await Task.Delay(Timeout.Infinite);
                break;
            case "leave-daemons":
                LeaveDaemons(value);
                break;
            default:
                throw new ArgumentException($"'{verb}' is nothing that this agent can play.");
        }
    }

    // All of them hold this program's pipes. The shell starts them and is gone; `sleep SECONDS` is by what a test finds them.
    private static void LeaveDaemons(string seconds)
    {
        var script = $"""
            sleep {seconds} &
            setsid sleep {seconds} &
            nohup sleep {seconds} &
            (setsid sh -c 'sleep {seconds} & :' &)
            setsid sh -c "trap '' TERM HUP INT; sleep {seconds} & exec sleep {seconds}" &
            """;
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", script }, UseShellExecute = false })!;
        shell.WaitForExit();
    }

    private static void Fill(long bytes, bool endsLines)
    {
        var block = new byte[Block];
        Array.Fill(block, (byte)'x');
        if (endsLines)
        {
            for (var end = 127; end < Block; end += 128)
                block[end] = (byte)'\n';
        }

        for (var left = bytes; left > 0; left -= Block)
            Output.Write(block, 0, (int)Math.Min(Block, left));
        Output.Flush();
    }

    private static void Write(Stream stream, string text)
    {
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        stream.Flush();
    }

    private static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);
}
