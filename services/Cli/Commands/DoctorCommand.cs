using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Dev;
using Orchestrator.Cli.Doctor;
using Orchestrator.Cli.Output;
using Orchestrator.Contracts.Json;
using Spectre.Console;

namespace Orchestrator.Cli.Commands;

public static class DoctorCommand
{
    public static Command Create(CommandScope scope)
    {
        var port = DevPort.Option();
        var command = new Command("doctor", "Check this machine; exit code 1 when something fails") { port };
        scope.Handle(command, async (session, stop) =>
        {
            var checks = await RunAsync(session, session.Parsed.GetValue(port), stop);
            if (session.Printer.Format == OutputFormat.Table)
                Write(session.Terminal.Data, checks);
            else
                session.Printer.Rows([.. checks.Select(check => JsonSerializer.SerializeToElement(check, ContractJson.Options))], "name");
            return checks.Any(check => check.Level == "fail") ? ExitCodes.JobFailed : ExitCodes.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<Check>> RunAsync(Session session, int port, CancellationToken stop)
    {
        var variable = session.Terminal.Variable;
        var address = Known(session);
        var checks = new List<Check>(await ProgramChecks.RunAsync(new Tool(variable("PATH")), stop));
        var (gateway, answers) = address is null ? (null, false) : await ServerChecks.GatewayAsync(session.Server, stop);
        if (port > 0)
            checks.AddRange(PortCheck.Run(port, answers && address!.IsDev ? address.Url : null));
        checks.Add(DiskCheck.Run("disk, data", Path.Combine(session.Terminal.Folder, ServerAddress.DevFolder)));
        checks.Add(DiskCheck.Run("disk, temp", Path.GetTempPath()));
        if (gateway is not null)
            checks.Add(gateway);
        if (await ServerChecks.BrokerAsync(variable("ConnectionStrings__RabbitMq"), stop) is { } broker)
            checks.Add(broker);
        if (await ServerChecks.DatabaseAsync(variable("ConnectionStrings__Postgres"), stop) is { } database)
            checks.Add(database);
        return checks;
    }

    private static ServerAddress? Known(Session session)
    {
        try
        {
            return session.Address();
        }
        catch (UsageException)
        {
            return null;
        }
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<Check> checks)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        table.AddColumn(new TableColumn("") { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        table.AddColumn(new TableColumn(""));
        foreach (var check in checks)
        {
            var remedy = check.Remedy is { } text ? $"\n[grey]→ {Markup.Escape(text)}[/]" : "";
            table.AddRow(StatusWord.Markup(check.Level), Markup.Escape(check.Name), Markup.Escape(TerminalText.OneLine(check.Detail)) + remedy);
        }

        console.Write(table);
    }
}
