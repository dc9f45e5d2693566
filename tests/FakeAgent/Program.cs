using Orchestrator.FakeAgent;

return await Play.RunAsync(args);
