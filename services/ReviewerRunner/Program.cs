using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Startup;
using Orchestrator.Runners;

var builder = ServiceDefaults.CreateBuilder(args);
builder.AddServiceDefaults("reviewer-runner");
builder.AddRunners(StepRole.Reviewer);
builder.AddMessaging(bus => bus.AddRunnerConsumers(StepRole.Reviewer));

var app = builder.Build();
app.MapServiceDefaults();
await app.RunServiceAsync(args);
