using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;

namespace Orchestrator.Messaging;

/// <summary>As whom this process is logged in at the broker; null where there is no broker.</summary>
internal sealed record BrokerLogin(string? User)
{
    public static BrokerLogin Of(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<MessagingOptions>>().Value;
        return new BrokerLogin(options.Transport == MessagingOptions.InMemory
            ? null
            : BrokerAddress.From(services.GetRequiredService<IConfiguration>(), options, services.GetRequiredService<ServiceName>().Value).Username);
    }

    /// <summary>Who published a message: the user that the broker checked; for one that we sent again, the user that it had checked then.</summary>
    public string? Publisher(string? userId, string? first) => first is { Length: > 0 } && userId is not null && userId == User ? first : userId;
}
