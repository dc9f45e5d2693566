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
            var errors = Unknown(section, typeof(T)).ToArray();
            return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }

        private static IEnumerable<string> Unknown(IConfigurationSection section, Type type)
        {
            var known = type.GetProperties();
            foreach (var child in section.GetChildren())
            {
                var property = Array.Find(known, property => string.Equals(property.Name, child.Key, StringComparison.OrdinalIgnoreCase));
                IEnumerable<string> errors = property is null
                    ? [$"{child.Path} is not an option. Did you mean {section.Path}:{NearestName.Of(child.Key, known.Select(property => property.Name))}?"]
                    : IsOptions(property.PropertyType)
                        ? Unknown(child, property.PropertyType)
                        : ValueOfMap(property.PropertyType) is { } value ? child.GetChildren().SelectMany(entry => Unknown(entry, value)) : [];
                foreach (var error in errors)
                    yield return error;
            }
        }

        /// <summary>Options within options: a class of ours, not a value that has a text form.</summary>
        private static bool IsOptions(Type type) => type.IsClass && type.Namespace?.StartsWith("Orchestrator.", StringComparison.Ordinal) == true;

        private static Type? ValueOfMap(Type type) =>
            type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>) && type.GetGenericArguments()[1] is var value && IsOptions(value) ? value : null;
    }
}
