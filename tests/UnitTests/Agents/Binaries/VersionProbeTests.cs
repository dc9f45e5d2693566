using System.Diagnostics;
using AwesomeAssertions;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.UnitTests.Execution.Processes;

namespace Orchestrator.UnitTests.Agents.Binaries;

public sealed class VersionProbeTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Theory]
    [InlineData("--version", "echo '2.1.330 (Claude Code)'", null)]
    [InlineData("-V", "[ \"$1\" = -V ] && echo 'tool v2.0'", null)]
    [InlineData("--version", "echo 2.0.1 >&2; exit 3", null)]
    [InlineData("--version", "echo 1.9.9", "*is version 1.9.9, at least 2.0.0 is required*")]
    [InlineData("--version", "echo error: unknown; exit 0", "*printed no version: set Agents:Binaries:claude:VersionArgument.")]
    [InlineData("version", "exit 0", "*claude version' printed no version*")]
    public async Task The_answer_to_the_one_argument_is_what_counts_and_not_the_exit_code(string argument, string script, string? problem)
    {
        using var agents = Agents(("MIN_BINARY_VERSIONS", $"codex=9.9,claude=2.0.0:{argument}"), ("Agents:Binaries:claude:Path", Program(script)));

        var available = await ProbeAsync(agents);

        if (problem is null)
            available.Problem.Should().BeNull();
        else
            available.Problem.Should().Match(problem);
    }

    [Fact]
    public async Task It_asks_with_one_argument_without_input_and_without_any_key()
    {
        var program = Program($"""
            echo "$# $1" > {folder.Join("asked")}
            cat >> {folder.Join("asked")}
            env > {folder.Join("environment")}
            echo 3.0.0
            """);
        Environment.SetEnvironmentVariable("ORCHESTRATOR_TEST_API_KEY", "sk-canary");
        using var agents = Agents(("Agents:Binaries:claude:Path", program), ("Agents:Binaries:claude:VersionArgument", "-v"));

        var available = await ProbeAsync(agents);

        (available.Version, available.Binary).Should().Be(("3.0.0", program));
        (await File.ReadAllTextAsync(folder.Join("asked"))).Should().Be("1 -v\n");
        (await File.ReadAllTextAsync(folder.Join("environment"))).Should().NotContain("sk-canary").And.NotContain($"HOME={Environment.GetEnvironmentVariable("HOME")}\n");
    }

    [Fact]
    public async Task A_program_that_does_not_answer_is_ended_with_what_it_started()
    {
        var seconds = FakeAgentProgram.UniqueSeconds();
        using var agents = Agents(("Agents:VersionTimeout", "00:00:01"), ("Agents:Binaries:claude:Path", Program($"sleep {seconds}")));
        var watch = Stopwatch.StartNew();

        var available = await ProbeAsync(agents);

        available.Problem.Should().Contain("did not answer in time");
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(9), "the limit is one second, on a machine that is not busy");
        await Eventually.IsTrueAsync(() => FakeAgentProgram.Sleepers(seconds).Count == 0);
    }

    [Fact]
    public async Task A_child_that_keeps_the_output_open_does_not_hold_the_answer_back_for_ever()
    {
        var seconds = FakeAgentProgram.UniqueSeconds();
        using var agents = Agents(("Agents:VersionTimeout", "00:00:01"), ("Agents:Binaries:claude:Path", Program($"echo 3.0.0; setsid sleep {seconds} &")));

        var probe = ProbeAsync(agents);
        var first = await Task.WhenAny(probe, Task.Delay(TimeSpan.FromSeconds(20)));

        foreach (var pid in FakeAgentProgram.Sleepers(seconds))
            Process.GetProcessById(pid).Kill();
        first.Should().BeSameAs(probe);
    }

    [Fact]
    public void Ten_seconds_is_the_limit_where_nobody_says_otherwise() => new AgentsOptions().VersionTimeout.Should().Be(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task A_yes_is_kept_until_the_program_changes_and_a_no_is_asked_again()
    {
        var program = Program($"echo x >> {folder.Join("count")}; cat {folder.Join("version")}");
        await File.WriteAllTextAsync(folder.Join("version"), "1.0.0\n");
        using var agents = Agents(("MIN_BINARY_VERSIONS", "claude=2.0.0"), ("Agents:Binaries:claude:Path", program));

        var old = await ProbeAsync(agents);
        await File.WriteAllTextAsync(folder.Join("version"), "2.0.0\n");
        var updated = await ProbeAsync(agents);
        await ProbeAsync(agents);

        (old.IsAvailable, updated.IsAvailable).Should().Be((false, true));
        (await File.ReadAllLinesAsync(folder.Join("count"))).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_missing_program_names_the_setting()
    {
        using var agents = Agents(("Agents:Binaries:claude:Path", folder.Join("gone")));

        (await ProbeAsync(agents)).Problem.Should().Contain(folder.Join("gone")).And.Contain("Agents:Binaries:claude:Path");
    }

    [Theory]
    [InlineData("claude", "*'claude' has no version*")]
    [InlineData("claude=newest", "*'newest' of 'claude' is no version*")]
    [InlineData("=1.0", "*has no version*")]
    public void Minimum_versions_that_cannot_be_read_are_refused_at_start(string text, string message)
    {
        var start = () => Agents(("MIN_BINARY_VERSIONS", text)).Catalog;

        start.Should().Throw<OptionsValidationException>().WithMessage(message);
    }

    public void Dispose() => folder.Dispose();

    private static AgentFixture Agents(params (string, string)[] settings) => new(settings);

    private static Task<AgentAvailability> ProbeAsync(AgentFixture agents) => agents.Catalog.ProbeAsync(agents.Catalog.Find(AgentNames.Claude)!, CancellationToken.None);

    private string Program(string script)
    {
        var path = folder.Join("claude");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
