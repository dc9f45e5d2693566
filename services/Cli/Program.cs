using Orchestrator.Cli;
using Orchestrator.Cli.Output;

return await Orch.RunAsync(args, Terminal.Current(), TimeProvider.System);
