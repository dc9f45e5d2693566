using AwesomeAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Redaction;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Redaction;

public sealed class RedactionRegistrationTests
{
    [Theory]
    [InlineData("hunter2")]
    [InlineData("changeme")]
    [InlineData("postgres:postgres")]
    public void An_extra_value_that_would_take_ordinary_words_is_refused_and_not_repeated(string value)
    {
        using var services = Services(("Redaction:Values:0", "hunter2-hunter2"), ("Redaction:Values:1", value));

        var act = services.GetRequiredService<KnownSecrets>;

        act.Should().Throw<OptionsValidationException>().Where(refusal => refusal.Message.Contains("Redaction:Values:1", StringComparison.Ordinal) && !refusal.Message.Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public void Extra_values_are_masked()
    {
        using var services = Services(("Redaction:Values:0", "hunter2-hunter2"));

        services.GetRequiredService<KnownSecrets>().Clean("it is hunter2-hunter2.").Should().Be("it is [redacted].");
    }

    [Fact]
    public async Task Readiness_names_what_cannot_be_masked_and_stays_good()
    {
        await using var services = Services(("Messaging:Password", "guest"));

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        report.Entries["redaction"].Status.Should().Be(HealthStatus.Healthy);
        report.Entries["redaction"].Description.Should().Contain("Messaging:Password").And.NotContain("guest");
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection().AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build())
        .AddSingleton(new SecretsFolder("/nowhere")).AddModelRelays().AddRedaction().BuildServiceProvider();
}
