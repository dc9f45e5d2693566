using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Validation.Policy;

namespace Orchestrator.Validation.Jobs;

/// <summary>Registers <see cref="JobAcceptance"/> and the operator's policy.</summary>
public static class JobAcceptanceServices
{
    /// <summary>Adds acceptance; the host adds its <see cref="Projects.IProjectCatalog"/>.</summary>
    public static WebApplicationBuilder AddJobAcceptance(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PolicyOptions>(PolicyOptions.Section);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PolicyOptions>, PolicyOptionsValidation>());
        builder.Services.PostConfigure<PolicyOptions>(options => options.DefaultAgent ??=
            string.Equals(builder.Configuration["Agents:Mode"], "real", StringComparison.OrdinalIgnoreCase) ? KnownAgents.Claude : KnownAgents.Simulated);
        builder.Services.PostConfigure<PolicyOptions>(options =>
        {
            foreach (var command in builder.Configuration.GetSection("Agents:Commands").GetChildren())
                options.Commands[command.Key] = command["Model"] is not null;
        });
        builder.Services.TryAddScoped<JobAcceptance>();
        if (builder.Configuration.GetValue($"{PolicyOptions.Section}:{nameof(PolicyOptions.AllowUnsandboxed)}", false))
        {
            builder.Services.AddHostedService<LoweredBar>();
            builder.Services.AddHealthChecks().AddCheck<LoweredBar>("policy", tags: [ServiceDefaults.Ready]);
        }

        return builder;
    }
}
