using Orchestrator.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("gateway");

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
