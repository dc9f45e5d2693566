using AwesomeAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Gateway;
using Orchestrator.Hosting;

namespace Orchestrator.UnitTests.Hosting;

public sealed class ValidatedOptionsTests
{
    [Theory]
    [InlineData("Gateway:RequestPerToken", "1", "Gateway:RequestsPerToken")]
    [InlineData("Gateway:Callbacks:GiveUp", "00:01:00", "Gateway:Callbacks:GiveUpAfter")]
    public void An_unknown_key_stops_the_start_and_names_the_nearest_right_one(string key, string value, string nearest) =>
        FluentActions.Invoking(() => Read<GatewayOptions>(GatewayOptions.Section, key, value))
            .Should().Throw<OptionsValidationException>().WithMessage($"*{key} is not an option. Did you mean {nearest}?*");

    [Fact]
    public void An_unknown_key_below_a_name_of_the_operators_is_refused_too() =>
        FluentActions.Invoking(() => Read<AgentsOptions>(AgentsOptions.Section, "Agents:Binaries:claude:Pth", "/opt/claude"))
            .Should().Throw<OptionsValidationException>().WithMessage("*Did you mean Agents:Binaries:claude:Path?*");

    [Fact]
    public void A_value_out_of_its_limits_stops_the_start() =>
        FluentActions.Invoking(() => Read<GatewayOptions>(GatewayOptions.Section, "Gateway:RequestsPerToken", "0"))
            .Should().Throw<OptionsValidationException>().WithMessage("*RequestsPerToken*");

    [Fact]
    public void Right_keys_are_read_whatever_their_case()
    {
        Read<GatewayOptions>(GatewayOptions.Section, "gateway:callbacks:allowednetworks:0", "10.0.0.0/8").Callbacks.AllowedNetworks.Should().Equal("10.0.0.0/8");
        Read<GatewayOptions>(GatewayOptions.Section, "Gateway:BrokerUsers:ci:0", "shop").BrokerUsers.Should().ContainKey("ci");
        Read<AgentsOptions>(AgentsOptions.Section, "Agents:Commands:lint:Arguments:0", "/bin/lint").Commands.Should().ContainKey("lint");
    }

    private static T Read<T>(string section, string key, string value)
        where T : class
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddValidatedOptions<T>(section).BuildServiceProvider();
        return services.GetRequiredService<IOptions<T>>().Value;
    }
}
