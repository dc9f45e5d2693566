using System.CommandLine;

namespace Orchestrator.Cli.Dev;

/// <summary>The port of <c>orch dev</c>.</summary>
public static class DevPort
{
    public const int Default = 7077;

    public static Option<int> Option()
    {
        var port = new Option<int>("--port") { Description = "Port of the dev server on 127.0.0.1; 0 takes a free one", DefaultValueFactory = _ => Default };
        port.Validators.Add(result =>
        {
            if (result.GetValue(port) is < 0 or > 65535)
                result.AddError("--port is a number from 0 to 65535.");
        });
        return port;
    }
}
