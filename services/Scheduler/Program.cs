using Orchestrator.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("scheduler");

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
