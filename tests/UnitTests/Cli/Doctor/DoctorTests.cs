using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task A_port_that_is_taken_on_every_address_is_found_on_each()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var (run, checks) = await DoctorAsync("--port", $"{port}");

        run.ExitCode.Should().Be(ExitCodes.JobFailed);
        foreach (var address in new[] { "127.0.0.1", "0.0.0.0", "::" })
            checks[$"port {port} on {address}"].Level.Should().Be("fail");
        checks[$"port {port} on ::"].Remedy.Should().Contain("--port 0");
    }

    [Fact]
    public async Task A_port_that_is_taken_on_ipv6_only_shows_there_only()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = false;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var (_, checks) = await DoctorAsync("--port", $"{port}");

        checks[$"port {port} on ::"].Level.Should().Be("fail");
        checks[$"port {port} on 127.0.0.1"].Level.Should().Be("ok");
    }

    [Fact]
    public async Task A_port_is_the_dev_servers_only_while_it_answers_there()
    {
        using var folder = new TemporaryFolder();
        await using var server = await CannedServer.StartAsync();
        var port = new Uri(server.Url).Port;
        folder.File(".orch/server.json", $$"""{"url":"http://127.0.0.1:{{port}}"}""");

        var stranger = await CliRun.Of(["doctor", "-o", "jsonl", "--port", $"{port}"], folder.Path, new Dictionary<string, string> { ["PATH"] = "/no/such/folder" });
        server.On("GET /health/ready", """{"status":"Unhealthy"}""", 503);
        var unready = await CliRun.Of(["doctor", "-o", "jsonl", "--port", $"{port}"], folder.Path, new Dictionary<string, string> { ["PATH"] = "/no/such/folder" });
        server.On("GET /health/ready", """{"status":"healthy"}""");
        var own = await CliRun.Of(["doctor", "-o", "jsonl", "--port", $"{port}"], folder.Path, new Dictionary<string, string> { ["PATH"] = "/no/such/folder" });
        var named = await CliRun.Of(["doctor", "-o", "jsonl", "--port", $"{port}"], variables: new Dictionary<string, string> { ["PATH"] = "/no/such/folder", ["ORCH_SERVER"] = server.Url });

        Checks(stranger)[$"port {port} on 127.0.0.1"].Level.Should().Be("fail", "something else listens there");
        Checks(unready)[$"port {port} on 127.0.0.1"].Detail.Should().Contain("dev server", "it is ours, ready or not");
        Checks(own)[$"port {port} on 127.0.0.1"].Detail.Should().Contain("dev server");
        Checks(named)[$"port {port} on 127.0.0.1"].Level.Should().Be("fail", "a server that is named is not the one that orch dev starts");
    }

    [Fact]
    public async Task A_machine_without_programs_fails_and_says_what_to_install()
    {
        var (run, checks) = await DoctorAsync("--port", "0");

        run.ExitCode.Should().Be(ExitCodes.JobFailed);
        checks[".NET SDK"].Level.Should().Be("fail");
        checks["git"].Remedy.Should().Contain("Install git");
        checks["bubblewrap"].Level.Should().Be("warn");
        checks["agent claude"].Remedy.Should().Contain("npm install");
    }

    [Fact]
    public async Task Programs_are_found_with_their_versions_and_without_standard_input()
    {
        using var folder = new TemporaryFolder();
        Program(folder, "dotnet", "echo 10.0.401");
        Program(folder, "git", "echo git version 2.20.1");
        Program(folder, "claude", "read line; echo '2.1.330 (Claude Code)'");

        var (_, checks) = await DoctorAsync(folder.Path, "--port", "0");

        checks[".NET SDK"].Detail.Should().StartWith("10.0.401");
        checks["git"].Level.Should().Be("fail");
        checks["git"].Detail.Should().Contain("older than 2.32");
        checks["agent claude"].Detail.Should().StartWith("2.1.330");
    }

    [Fact]
    public async Task Servers_that_are_configured_but_away_are_failures()
    {
        var run = await CliRun.Of(
            ["doctor", "-o", "jsonl", "--port", "0"],
            variables: new Dictionary<string, string>
            {
                ["ConnectionStrings__RabbitMq"] = "amqp://guest:hidden@127.0.0.1:1/x",
                ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=u;Password=hidden",
                ["ORCH_SERVER"] = "http://127.0.0.1:1",
            });

        var checks = Checks(run);
        checks["broker"].Level.Should().Be("fail");
        checks["database"].Level.Should().Be("fail");
        checks["gateway"].Level.Should().Be("warn");
        run.Out.Should().NotContain("hidden");
    }

    private static Task<(CliRun Run, Dictionary<string, (string Level, string Detail, string? Remedy)> Checks)> DoctorAsync(string option, string value) =>
        DoctorAsync("/no/such/folder", option, value);

    private static async Task<(CliRun Run, Dictionary<string, (string Level, string Detail, string? Remedy)> Checks)> DoctorAsync(string searchPath, string option, string value)
    {
        var run = await CliRun.Of(["doctor", "-o", "jsonl", option, value], variables: new Dictionary<string, string> { ["PATH"] = searchPath });
        return (run, Checks(run));
    }

    private static Dictionary<string, (string Level, string Detail, string? Remedy)> Checks(CliRun run) =>
        run.Out.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(
            check => check.GetProperty("name").GetString()!,
            check => (check.GetProperty("level").GetString()!, check.GetProperty("detail").GetString()!, check.GetProperty("remedy").GetString()));

    private static void Program(TemporaryFolder folder, string name, string body) =>
        File.SetUnixFileMode(
            folder.File(name, $"#!/bin/sh\n{body}\n"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
