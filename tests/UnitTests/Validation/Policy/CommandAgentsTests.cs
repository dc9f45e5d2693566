using AwesomeAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Policy;

namespace Orchestrator.UnitTests.Validation.Policy;

public sealed class CommandAgentsTests
{
    [Fact]
    public async Task A_configured_command_is_an_agent_that_jobs_may_name()
    {
        var acceptance = new Acceptance();
        var refused = await acceptance.RefuseOnceAsync(Acceptance.Job(Acceptance.Step("a", agent: "linter")));
        acceptance.Policy.Commands["linter"] = false;
        acceptance.Policy.Commands["thinker"] = true;

        var job = await acceptance.AcceptAsync(Acceptance.Job(Acceptance.Step("a", agent: "linter"), Acceptance.Step("b", agent: "thinker")));

        refused.Message.Should().Contain("linter");
        job.Steps.Select(step => step.ReserveMicroUsd).Should().Equal([0, 1_000_000], "only the one that calls a model costs money");
    }

    [Fact]
    public async Task Commands_are_read_from_the_section_of_the_agents()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Agents:Commands:linter:Arguments:0"] = "/opt/linter",
            ["Agents:Commands:thinker:Model"] = "OpenAi",
            ["Policy:DefaultAgents:reviewer"] = "thinker",
        });
        builder.AddJobAcceptance();
        await using var app = builder.Build();

        var policy = app.Services.GetRequiredService<IOptions<PolicyOptions>>().Value;

        policy.Commands.Should().BeEquivalentTo(new Dictionary<string, bool> { ["linter"] = false, ["thinker"] = true });
        policy.AgentNames.Should().Contain(["claude", "linter", "thinker"]);
    }
}
