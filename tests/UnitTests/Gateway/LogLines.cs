using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orchestrator.UnitTests.Gateway;

/// <summary>What a host logged, with the fields of each line.</summary>
public sealed class LogLines : ILoggerFactory
{
    public ConcurrentQueue<LogLine> All { get; } = new();

    public IReadOnlyList<LogLine> Named(string name) => [.. All.Where(line => line.Event == name)];

    public ILogger CreateLogger(string categoryName) => new Writer(this);

    public void AddProvider(ILoggerProvider provider)
    {
        // Lines are kept here and nowhere else.
    }

    public void Dispose()
    {
        // The lines outlive the host.
    }

    private sealed class Writer(LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).GroupBy(field => field.Key).ToDictionary(group => group.Key, group => group.Last().Value?.ToString());
            lines.All.Enqueue(new LogLine(logLevel, eventId.Name, formatter(state, exception) + exception, fields));
        }
    }
}

public sealed record LogLine(LogLevel Level, string? Event, string Text, IReadOnlyDictionary<string, string?> Fields);
