namespace Orchestrator.TestServers.RabbitMq;

/// <summary>A broker that a test may stop.</summary>
public interface IOwnRabbitMq : IRabbitMqServer, IStoppable;
