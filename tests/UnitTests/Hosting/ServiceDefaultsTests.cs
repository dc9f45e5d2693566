using AwesomeAssertions;
using Microsoft.Extensions.Configuration.Json;
using Orchestrator.Hosting;

namespace Orchestrator.UnitTests.Hosting;

public sealed class ServiceDefaultsTests
{
    [Fact]
    public void Settings_are_read_once_and_nothing_below_the_working_directory_is_watched()
    {
        var builder = ServiceDefaults.CreateBuilder(["--Section:Key=given"]);

        builder.Configuration["Section:Key"].Should().Be("given");
        var files = builder.Configuration.Sources.OfType<JsonConfigurationSource>().ToList();
        files.Should().NotBeEmpty();
        files.Should().OnlyContain(file => !file.ReloadOnChange);
    }
}
