using Orchestrator.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("budget");

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
