using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting;

/// <summary>Options that are checked at start: ranges by data annotations, unknown keys refused with the nearest right name.</summary>
public static class ValidatedOptions
{
    /// <summary>Binds <typeparamref name="T"/> to a configuration section and checks it before the host starts.</summary>
    /// <exception cref="OptionsValidationException">At start, naming the key and the remedy.</exception>
    public static IServiceCollection AddValidatedOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(provider =>
            new UnknownKeyValidation<T>(provider.GetRequiredService<IConfiguration>().GetSection(section)));
        return services;
    }

    private sealed class UnknownKeyValidation<T>(IConfigurationSection section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var known = typeof(T).GetProperties().Select(property => property.Name).ToArray();
            var errors = section.GetChildren()
                .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                .Select(child => $"{child.Path} is not an option. Did you mean {section.Path}:{NearestName.Of(child.Key, known)}?")
                .ToArray();
            return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }
    }
}
