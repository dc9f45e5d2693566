using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Orchestrator.Budget;
using Orchestrator.Cli.Client;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Pipeline;
using Orchestrator.Runners;
using Orchestrator.Scheduler;
using Orchestrator.Validation.Policy;

namespace Orchestrator.Cli.Dev;

/// <summary>All services in this process: in-memory bus, SQLite, one folder. The same sagas, consumers and runners as in a cluster.</summary>
public sealed class DevServer : IAsyncDisposable
{
    private static readonly StepRole[] Roles = [StepRole.Planner, StepRole.Implementer, StepRole.Reviewer];
    private readonly WebApplication _app;
    private readonly FileStream _lock;
    private readonly string _folder;

    private DevServer(WebApplication app, FileStream exclusive, string folder, ServerAddress address) => (_app, _lock, _folder, Address) = (app, exclusive, folder, address);

    /// <summary>Where it is, with the admin token.</summary>
    public ServerAddress Address { get; }

    /// <summary>Who works where a job names nobody.</summary>
    public string DefaultAgent => _app.Services.GetRequiredService<IOptions<PolicyOptions>>().Value.DefaultAgent!;

    /// <summary>Starts on 127.0.0.1.</summary>
    /// <param name="folder">Everything that it keeps: databases, artifacts, token.</param>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="args">Configuration, <c>--Section:Key=value</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="UsageException">Another dev server uses the folder.</exception>
    public static async Task<DevServer> StartAsync(string folder, int port, string[] args, CancellationToken cancellationToken)
    {
        var exclusive = Lock(Made(folder));
        try
        {
            var token = Token(Path.Combine(folder, ServerAddress.TokenFile));
            var app = Build(folder, port, token, args);
            await app.StartAsync(cancellationToken);
            var url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            var address = new ServerAddress(new Uri($"http://127.0.0.1:{url.Port}/"), token, "orch dev", IsDev: true);
            Write(Path.Combine(folder, ServerAddress.ServerFile), JsonSerializer.Serialize(new { url = address.Url }));
            return new DevServer(app, exclusive, folder, address);
        }
        catch (Exception failure)
        {
            await exclusive.DisposeAsync();
            throw Explain(failure, port) ?? failure;
        }
    }

    /// <summary>Runs until it is told to stop.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        // Whoever asks next is told to start one, and not sent to a port that may be another's by then.
        var file = Path.Combine(_folder, ServerAddress.ServerFile);
        if (File.Exists(file))
            File.Delete(file);
        await _lock.DisposeAsync();
    }

    private static UsageException? Explain(Exception failure, int port) => failure switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => new UsageException($"Port {port} may be bound by root only.", "Take a port from 1024 on: orch dev --port 7077", ExitCodes.Unreachable),
        IOException { InnerException: AddressInUseException } => new UsageException($"Port {port} of 127.0.0.1 is in use.", "Stop the program that holds it, or take a free one: orch dev --port 0", ExitCodes.Unreachable),
        OptionsValidationException wrong => new UsageException(string.Join(' ', wrong.Failures), "Settings are given as --Section:Key=value behind --, or as ORCH_DEV_Section__Key."),
        _ => null,
    };

    private static WebApplication Build(string folder, int port, string token, string[] args)
    {
        var builder = ServiceDefaults.CreateBuilder([], folder);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Messaging:Transport"] = "in-memory",
            ["Database:Provider"] = "sqlite",
            ["Database:Folder"] = folder,
            ["Artifacts:Directory"] = Path.Combine(folder, "artifacts"),
            ["Execution:WorkDirectory"] = Path.Combine(folder, "work"),
            ["Gateway:AdminToken"] = token,
            ["Gateway:DevMode"] = "true",
            ["Runner:Slots"] = "2",
            ["Pipeline:SweepInterval"] = "00:00:00.5",
            ["Serilog:MinimumLevel:Default"] = "Warning",
        });
        builder.Configuration.AddEnvironmentVariables("ORCH_DEV_");
        builder.Configuration.AddCommandLine(args);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.AddServiceDefaults("dev");
        builder.AddGateway();
        builder.AddPipeline();
        builder.AddScheduler();
        builder.AddBudget();
        builder.AddRunners(Roles);
        builder.AddMessaging(bus =>
        {
            bus.AddGatewayConsumers();
            bus.AddPipelineConsumers();
            bus.AddSchedulerConsumers();
            bus.AddBudgetConsumers();
            bus.AddRunnerConsumers(Roles);
        });
        var app = builder.Build();
        app.MapGateway();
        app.MapServiceDefaults();
        return app;
    }

    /// <summary>The token of the folder, made once; nobody else may read it.</summary>
    private static string Token(string path)
    {
        if (!File.Exists(path))
            Write(path, $"orch_dev_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}");
        return File.ReadAllText(path).Trim();
    }

    private static void Write(string path, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(content);
    }

    private static string Made(string folder)
    {
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{folder} cannot be made: {failure.Message}", "Choose another folder with --data.");
        }
    }

    /// <summary>One process per folder: the databases and the in-memory bus know no other.</summary>
    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new UsageException($"Another orch dev uses {folder}.", "Stop it, or choose another folder with --data.");
        }
    }
}
