using AwesomeAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Sandbox;

namespace Orchestrator.UnitTests.Execution.Sandbox;

public sealed class SandboxRefusalTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Fact]
    public async Task Here_boxes_are_enforced()
    {
        using var sandbox = BoxFixture.Bubblewrap(new SandboxOptions());

        var status = await sandbox.ProbeAsync(CancellationToken.None);

        (status.State, status.CanRun, status.Lowered).Should().Be((SandboxState.Enforced, true, false), status.Detail);
    }

    [Fact]
    public async Task Without_bubblewrap_there_is_no_box_and_the_remedy_is_told()
    {
        using var sandbox = BoxFixture.Bubblewrap(new SandboxOptions { Bubblewrap = "/no/such/bwrap" });

        var status = await sandbox.ProbeAsync(CancellationToken.None);
        var box = () => sandbox.Box(Spec(), Layout());

        (status.State, status.CanRun).Should().Be((SandboxState.Unavailable, false));
        status.Detail.Should().Contain("/no/such/bwrap is missing").And.Contain("apt-get install bubblewrap").And.Contain("Sandbox:Mode");
        box.Should().Throw<SandboxUnavailableException>();
    }

    [Fact]
    public async Task Where_the_kernel_refuses_namespaces_the_reason_and_the_settings_are_told()
    {
        using var sandbox = BoxFixture.Bubblewrap(new SandboxOptions { Bubblewrap = Program("echo 'bwrap: No permissions to create new namespace' >&2; exit 1") });

        var status = await sandbox.ProbeAsync(CancellationToken.None);

        status.CanRun.Should().BeFalse();
        status.Detail.Should().Contain("No permissions to create new namespace").And.Contain("seccomp").And.Contain("kernel.unprivileged_userns_clone");
    }

    [Fact]
    public async Task A_wrapper_that_boxes_nothing_is_found_out()
    {
        // What follows "--" runs with the host's user and network.
        using var sandbox = BoxFixture.Bubblewrap(new SandboxOptions
        {
            Bubblewrap = Program("while [ \"$1\" != -- ]; do shift; done; shift; exec bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /run -- \"$@\""),
        });

        var status = await sandbox.ProbeAsync(CancellationToken.None);

        status.CanRun.Should().BeFalse();
        status.Detail.Should().Contain("the host's network is visible");
    }

    [Theory]
    [InlineData(true, HealthStatus.Unhealthy)]
    [InlineData(false, HealthStatus.Degraded)]
    public async Task Readiness_says_that_boxes_are_missing(bool required, HealthStatus expected)
    {
        var (report, _) = await ReadinessAsync(required, ("Sandbox:Bubblewrap", "/no/such/bwrap"));

        report.Status.Should().Be(expected);
        report.Entries["sandbox"].Description.Should().Contain("/no/such/bwrap is missing");
    }

    [Fact]
    public async Task Readiness_and_log_say_that_the_operator_lowered_the_bar()
    {
        var (report, log) = await ReadinessAsync(required: true, ("Sandbox:Mode", "none"));

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Entries["sandbox"].Description.Should().StartWith("lowered: Sandbox:Mode is none");
        log.Should().ContainSingle(line => line.StartsWith("Warning: The bar is lowered: Sandbox:Mode is none", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Readiness_and_log_say_that_jobs_may_leave_the_box()
    {
        var (report, log) = await ReadinessAsync(required: true, ("Policy:AllowUnsandboxed", "true"));

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Entries["sandbox"].Description.Should().Contain("lowered: Policy:AllowUnsandboxed");
        log.Should().ContainSingle(line => line.StartsWith("Warning: The bar is lowered: Policy:AllowUnsandboxed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/root/")]
    [InlineData("/usr/../home")]
    [InlineData("relative")]
    public void A_path_that_would_show_the_hosts_secrets_is_refused(string path)
    {
        var options = new SandboxOptions();
        options.ReadOnlyPaths.Add(path);

        options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options)).Should().ContainSingle().Which.ErrorMessage.Should().Contain("Sandbox:ReadOnlyPaths");
    }

    public void Dispose() => folder.Dispose();

    private static async Task<(HealthReport Report, IReadOnlyList<string> Log)> ReadinessAsync(bool required, (string Key, string Value) setting)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(setting.Key, (string?)setting.Value)]).Build();
        var log = new ListLog();
        await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging(logging => logging.AddProvider(log)).AddSandbox(required).BuildServiceProvider();
        return (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(), log.Lines);
    }

    private ProcessSpec Spec() => new() { Arguments = ["/bin/true"], Environment = new Dictionary<string, string>(), WorkingDirectory = folder.Path };

    private BoxLayout Layout() => new() { Workspace = folder.Path, Home = folder.Path, CanWrite = true };

    private string Program(string script)
    {
        var path = folder.Join("bwrap");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private sealed class ListLog : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
