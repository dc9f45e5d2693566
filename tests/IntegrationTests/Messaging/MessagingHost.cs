using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.IntegrationTests.Messaging;

/// <summary>A process of the system that has nothing but a bus and the consumers of a test.</summary>
internal sealed class MessagingHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MessagingHost(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public IBus Bus => Services.GetRequiredService<IBus>();

    public static Task<MessagingHost> OnBrokerAsync(RabbitMqVhost vhost, Action<IBusRegistrationConfigurator> consumers) =>
        StartAsync(new() { ["ConnectionStrings:RabbitMq"] = vhost.Amqp.ToString() }, consumers);

    public static Task<MessagingHost> InMemoryAsync(Action<IBusRegistrationConfigurator> consumers) =>
        StartAsync(new() { ["Messaging:Transport"] = "in-memory" }, consumers);

    public async Task SendAsync<T>(string queue, T message)
        where T : class => await (await Bus.GetSendEndpoint(Queues.Address(queue))).Send(message);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public static async Task<MessagingHost> StartAsync(
        Dictionary<string, string?> settings, Action<IBusRegistrationConfigurator> consumers, Action<WebApplicationBuilder>? services = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults("test");
        services?.Invoke(builder);
        builder.AddMessaging(consumers);
        var app = builder.Build();
        await app.StartAsync();
        return new MessagingHost(app);
    }
}
