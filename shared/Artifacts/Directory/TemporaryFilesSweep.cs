using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.Artifacts.Directory;

/// <summary>Removes what processes left that were killed while they wrote an artifact.</summary>
internal sealed partial class TemporaryFilesSweep(TemporaryFiles files, IOptions<ArtifactsOptions> options, TimeProvider clock, ILogger<TemporaryFilesSweep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.TemporaryLifetime, clock);
        do
        {
            try
            {
                files.Sweep(options.Value.TemporaryLifetime);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Temporary files of the artifact store could not be removed")]
    private partial void LogFailed(Exception exception);
}
