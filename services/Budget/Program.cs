using Orchestrator.Budget;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Startup;

var builder = ServiceDefaults.CreateBuilder(args);
builder.AddServiceDefaults("budget");
builder.AddBudget();
builder.AddMessaging(bus => bus.AddBudgetConsumers());

var app = builder.Build();
app.MapServiceDefaults();
await app.RunServiceAsync(args);
