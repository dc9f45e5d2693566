using Orchestrator.Gateway;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Startup;

var builder = ServiceDefaults.CreateBuilder(args);
builder.AddServiceDefaults("gateway");
builder.AddGateway();
builder.AddMessaging(bus => bus.AddGatewayConsumers());

var app = builder.Build();
app.MapGateway();
app.MapServiceDefaults();
await app.RunServiceAsync(args);
