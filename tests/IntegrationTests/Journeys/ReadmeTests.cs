using System.Diagnostics;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Processes;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.IntegrationTests.Journeys;

/// <summary>The first jobs of README.md, run word for word; only addresses, names and paths are put in.</summary>
[Collection(nameof(OneSystem))]
public sealed class ReadmeTests(OneSystem one) : IAsyncLifetime
{
    private const string Goal = "Fix the failing date test.";

    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory);
    private static readonly string Root = Output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readme-");

    private RunningSystem System => one.System;

    private string Token => System.Http.DefaultRequestHeaders.Authorization!.Parameter!;

    private string Repository => Path.Combine(_folder.FullName, "repository");

    /// <summary>A folder as a clone with a running <c>orch dev</c> has it.</summary>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, ".orch"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, ".orch", "token"), Token);
        var orch = Path.Combine(Root, "services", "Cli", "bin", Output.Parent!.Name, Output.Name, "orch.dll");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "orch"), $"#!/bin/sh\nexec dotnet {orch} \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(_folder.FullName, "orch"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Repository);
        await File.WriteAllTextAsync(Path.Combine(Repository, "README.md"), "# Sample\n");
        foreach (var arguments in (string[][])[["init", "-q", "-b", "main"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Start"]])
            await Shell.RunAsync(["git", "-C", Repository, .. arguments]);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_first_job_from_the_command_line()
    {
        var said = await RunAsync(["bash", "-euo", "pipefail", "-c", Block("**Command line.**").Replace("/path/to/repository", Repository, StringComparison.Ordinal)]);

        said.Should().Contain("+").And.Contain("testing");
        (await Shell.RunAsync("git", "-C", Repository, "status", "--porcelain")).Should().NotBeEmpty("the patch was applied");
    }

    [Fact]
    public async Task The_first_job_over_HTTP()
    {
        var (project, id) = ($"readme-{Guid.NewGuid():N}", $"readme-{Guid.NewGuid():N}");
        var script = Block("**HTTP.**")
            .Replace("/path/to/repository", Repository, StringComparison.Ordinal)
            .Replace("http://127.0.0.1:7077", System.Http.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("date-test-1", id, StringComparison.Ordinal)
            .Replace("shop", project, StringComparison.Ordinal);

        var said = await RunAsync(["bash", "-euo", "pipefail", "-c", script]);

        said.Should().Contain(id).And.Contain(Goal, "the second call shows the job");
        (await System.CompletedAsync(id)).GetProperty("project_id").GetString().Should().Be(project);
    }

    [Fact]
    public async Task The_first_job_over_AMQP()
    {
        var address = await System.Vhost.AddUserAsync(OneSystem.ShopPublisher);
        var script = Block("**AMQP.**")
            .Replace("amqp://ci:secret@127.0.0.1/orchestrator", address.ToString(), StringComparison.Ordinal)
            .Replace("user_id=\"ci\"", $"user_id=\"{OneSystem.ShopPublisher}\"", StringComparison.Ordinal);

        await RunAsync(["/usr/bin/python3", "-c", script]);

        string? id = null;
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var list = JsonDocument.Parse(await System.Http.GetStringAsync("/v1/jobs?project=shop&limit=200"));
                id = list.RootElement.GetProperty("jobs").EnumerateArray()
                    .Where(job => job.GetProperty("goal").GetString() == Goal && job.GetProperty("actor").GetString() == $"broker:{OneSystem.ShopPublisher}")
                    .Select(job => job.GetProperty("job_id").GetString()).FirstOrDefault();
                return id is not null;
            },
            "the published job was accepted",
            TimeSpan.FromMinutes(1));
        await System.CompletedAsync(id!);
    }

    /// <summary>The first block of code behind these words.</summary>
    private static string Block(string after)
    {
        var page = File.ReadAllText(Path.Combine(Root, "README.md"));
        var start = page.IndexOf('\n', page.IndexOf("\n```", page.IndexOf(after, StringComparison.Ordinal), StringComparison.Ordinal) + 1) + 1;
        return page[start..page.IndexOf("\n```", start, StringComparison.Ordinal)];
    }

    private async Task<string> RunAsync(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ORCH_SERVER"] = System.Http.BaseAddress!.ToString();
        start.Environment["ORCH_TOKEN"] = Token;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, $"{output}\n{await errors}");
        return output;
    }
}
