namespace Orchestrator.TestServers.RabbitMq;

/// <summary>A broker that a test may stop.</summary>
public interface IOwnRabbitMq : IRabbitMqServer, IStoppable
{
    /// <summary>From now on it takes no message from a publisher: as if its memory were full.</summary>
    Task BlockAsync();

    /// <summary>It takes messages again.</summary>
    Task UnblockAsync();

    /// <summary>From now on it does nothing at all, and its connections stay open: as if its machine hung.</summary>
    Task PauseAsync();

    /// <summary>It goes on where it stood.</summary>
    Task ResumeAsync();
}
