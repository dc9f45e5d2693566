using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Messaging;

/// <summary>How messages travel. The broker's address is <c>ConnectionStrings:RabbitMq</c>, an amqp URI with its virtual host.</summary>
public sealed class MessagingOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Messaging";

    /// <summary><c>rabbitmq</c>, or <c>in-memory</c> for one process that may forget (<c>orch dev</c>).</summary>
    [RegularExpression("^(rabbitmq|in-memory)$", ErrorMessage = "Messaging:Transport must be rabbitmq or in-memory.")]
    public string Transport { get; set; } = RabbitMq;

    /// <summary>User name; wins over the one in the URI. Meant for a secret file.</summary>
    public string? Username { get; set; }

    /// <summary>Password; wins over the one in the URI. Meant for a secret file.</summary>
    public string? Password { get; set; }

    /// <summary>Deliveries that a consumer of a queue holds unacknowledged at most.</summary>
    [Range(1, 1000)]
    public int Prefetch { get; set; } = 64;

    /// <summary>Messages of a queue that one process handles at a time.</summary>
    [Range(1, 500)]
    public int Concurrency { get; set; } = 8;

    /// <summary>Time between heartbeats on the broker connection; a dead peer is noticed after two.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    internal const string RabbitMq = "rabbitmq";

    internal const string InMemory = "in-memory";
}
