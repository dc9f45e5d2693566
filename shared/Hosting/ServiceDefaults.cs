using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Orchestrator.Hosting;

/// <summary>What every service has: secrets from files, structured logs, telemetry, health, one clock.</summary>
public static class ServiceDefaults
{
    /// <summary>Tag of the health checks that readiness looks at.</summary>
    public const string Ready = "ready";

    /// <summary>Tag of the health checks that startup looks at.</summary>
    public const string Startup = "startup";

    /// <summary>
    /// A builder that reads its settings once. To notice their change the host would watch every folder below the working directory: seconds at
    /// each start, and work for each file that anybody writes there.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, string? contentRoot = null) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"], ContentRootPath = contentRoot });

    /// <summary>Adds the defaults under the service's kebab-case name.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        var secrets = Environment.GetEnvironmentVariable("ORCHESTRATOR_SECRETS") ?? "/run/secrets/orchestrator";
        builder.Configuration.AddKeyPerFile(secrets, optional: true);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new ServiceName(service));
        builder.Services.AddHealthChecks();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSerilog((provider, logger) => logger
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("MassTransit", LogEventLevel.Warning)
            .Enrich.WithProperty("service", service)
            .Enrich.FromLogContext()
            .ReadFrom.Configuration(builder.Configuration)
            .WriteTo.Console(new RenderedCompactJsonFormatter(), standardErrorFromLevel: LogEventLevel.Verbose));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, "orchestrator"))
            .WithMetrics(metrics => metrics
                .AddMeter("Orchestrator.*", "MassTransit")
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            TraceIds.Follow();
            return builder;
        }

        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing
                .AddSource("MassTransit", "RabbitMQ.Client.*", "Npgsql", "Orchestrator.*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
        return builder;
    }

    /// <summary>Maps health (startup, live, ready) and metrics. Liveness looks at the process only, never at the broker or the database.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/startup", Report(Startup)).AllowAnonymous();
        app.MapHealthChecks("/health/ready", Report(Ready)).AllowAnonymous();
        app.MapHealthChecks("/health", Report(Ready)).AllowAnonymous();
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    private static HealthCheckOptions Report(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(new
        {
            status = report.Status == HealthStatus.Healthy ? "ok" : report.Status.ToString().ToLowerInvariant(),
            checks = report.Entries.ToDictionary(
                entry => entry.Key,
                entry => new { status = entry.Value.Status.ToString().ToLowerInvariant(), detail = entry.Value.Description, data = entry.Value.Data }),
        }),
    };
}

/// <summary>The service's kebab-case name.</summary>
/// <param name="Value">For example <c>implementer-runner</c>.</param>
public sealed record ServiceName(string Value);
