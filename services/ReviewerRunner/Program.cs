using Orchestrator.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("reviewer-runner");

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
