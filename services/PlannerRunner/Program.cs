using Orchestrator.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("planner-runner");

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
