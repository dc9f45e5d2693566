using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Startup;
using Orchestrator.Pipeline;

var builder = ServiceDefaults.CreateBuilder(args);
builder.AddServiceDefaults("pipeline");
builder.AddPipeline();
builder.AddMessaging(bus => bus.AddPipelineConsumers());

var app = builder.Build();
app.MapServiceDefaults();
await app.RunServiceAsync(args);
