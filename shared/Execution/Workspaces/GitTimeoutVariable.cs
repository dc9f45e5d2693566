using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Reads <c>GIT_TIMEOUT</c>, seconds, as the replaced system did; <c>Git:Timeout</c> wins.</summary>
internal sealed class GitTimeoutVariable(IConfiguration configuration) : IConfigureOptions<GitOptions>
{
    public const string Variable = "GIT_TIMEOUT";

    public void Configure(GitOptions options)
    {
        if (configuration[Variable] is not { Length: > 0 } text || configuration[$"{GitOptions.Section}:{nameof(GitOptions.Timeout)}"] is not null)
            return;
        options.Timeout = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidOperationException($"{Variable} is '{text}'. It is a number of seconds from 1 to 3600.");
    }
}
