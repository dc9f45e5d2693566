using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Startup;
using Orchestrator.Runners;

var builder = ServiceDefaults.CreateBuilder(args);
builder.AddServiceDefaults("implementer-runner");
builder.AddRunners(StepRole.Implementer);
builder.AddMessaging(bus => bus.AddRunnerConsumers(StepRole.Implementer));

var app = builder.Build();
app.MapServiceDefaults();
await app.RunServiceAsync(args);
