using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.Execution.Redaction;

/// <summary>
/// The secrets of this process, and what is looked for because of them in everything that a launch writes. They are read again while something is
/// written, since secrets change; a former value stays known for as long as the process lives.
/// </summary>
public sealed partial class KnownSecrets
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(2);

    private readonly SecretSources _sources;
    private readonly RedactionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<KnownSecrets> _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private volatile Found _found = new(SecretPatterns.None, SecretPatterns.None, []);
    private long _lookedAt;

    /// <summary>Reads them.</summary>
    public KnownSecrets(SecretSources sources, IOptions<RedactionOptions> options, TimeProvider time, ILogger<KnownSecrets> logger)
    {
        _sources = sources;
        _options = options.Value;
        _time = time;
        _logger = logger;
        foreach (var value in _options.Values ?? [])
            Add(value.Trim());
        Refresh();
    }

    /// <summary>What is looked for in text.</summary>
    public SecretPatterns ForText => Current().Text;

    /// <summary>What is looked for in bytes; see <see cref="ByteRedactor.AsBytes"/>.</summary>
    public SecretPatterns ForBytes => Current().Bytes;

    /// <summary>Settings and secret files whose value is too short or too common to be masked.</summary>
    public IReadOnlyCollection<string> Unmaskable => Current().Unmaskable;

    /// <summary>Takes secrets out of a whole text; see <see cref="StreamRedactor.Clean"/>.</summary>
    public string Clean(string text) => StreamRedactor.Clean(ForText, text);

    /// <summary>A redactor of one stream of text.</summary>
    public StreamRedactor NewForText() => new(() => ForText);

    /// <summary>A redactor of one stream of bytes.</summary>
    public ByteRedactor NewForBytes() => new(() => ForBytes);

    /// <summary>Reads them now.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            var weak = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var secret in _sources.Read())
            {
                if (secret.IsOurs && WeakValues.Has(SecretParts.Core(secret.Text), _options.MinimumLength))
                    weak.Add(secret.Name);
                Add(secret.Text);
            }

            foreach (var setting in weak.Except(_found.Unmaskable))
                LogUnmaskable(setting, _options.MinimumLength);
            _found = _texts.Count > _found.Text.Count ? Found.Of(_texts, weak) : _found with { Unmaskable = weak };
            Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        }
    }

    private Found Current()
    {
        // Who writes meanwhile goes on with what was known.
        if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= ReadAgain && _gate.TryEnter())
        {
            try
            {
                Refresh();
            }
            finally
            {
                _gate.Exit();
            }
        }

        return _found;
    }

    private void Add(string text)
    {
        if (!_read.Add(text))
            return;
        foreach (var value in SecretParts.Of(text).Where(value => !WeakValues.Has(value, _options.MinimumLength)))
            _texts.UnionWith(SecretEncodings.Of(value));
    }

    private sealed record Found(SecretPatterns Text, SecretPatterns Bytes, IReadOnlyCollection<string> Unmaskable)
    {
        public static Found Of(IReadOnlyCollection<string> texts, IReadOnlyCollection<string> unmaskable)
        {
            var text = new SecretPatterns(texts);
            var isAscii = texts.All(text => Ascii.IsValid(text));
            return new Found(text, isAscii ? text : new SecretPatterns(texts.Select(ByteRedactor.AsBytes)), unmaskable);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The value of {Setting} is not masked in logs and reports: it has less than {Minimum} characters, or is a common word. Use a longer random one in its place, such as openssl rand -hex 32 gives")]
    private partial void LogUnmaskable(string setting, int minimum);
}
