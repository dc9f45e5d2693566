using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Hosting;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>Registers the model relays.</summary>
public static class ModelProxyRegistration
{
    /// <summary>Adds <see cref="ModelRelays"/>.</summary>
    public static IServiceCollection AddModelRelays(this IServiceCollection services)
    {
        services.AddValidatedOptions<ModelsOptions>(ModelsOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ModelRelays>();
        return services;
    }
}
