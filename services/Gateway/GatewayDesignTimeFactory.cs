using Orchestrator.Persistence.Startup;

namespace Orchestrator.Gateway;

/// <summary>For <c>dotnet ef</c>.</summary>
public sealed class GatewayDesignTimeFactory() : DesignTimeFactory<GatewayDbContext>("gateway", options => new GatewayDbContext(options));
