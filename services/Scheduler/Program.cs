using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Scheduler;

var builder = ServiceDefaults.CreateBuilder(args);
builder.AddServiceDefaults("scheduler");
builder.AddScheduler();
builder.AddMessaging(bus => bus.AddSchedulerConsumers());

var app = builder.Build();
app.MapServiceDefaults();
await app.RunSchedulerAsync(args);
