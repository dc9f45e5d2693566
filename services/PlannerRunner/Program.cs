using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Startup;
using Orchestrator.Runners;

var builder = ServiceDefaults.CreateBuilder(args);
builder.AddServiceDefaults("planner-runner");
builder.AddRunners(StepRole.Planner);
builder.AddMessaging(bus => bus.AddRunnerConsumers(StepRole.Planner));

var app = builder.Build();
app.MapServiceDefaults();
await app.RunServiceAsync(args);
