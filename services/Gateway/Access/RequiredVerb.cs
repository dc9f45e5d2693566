using Microsoft.AspNetCore.Authorization;

namespace Orchestrator.Gateway.Access;

/// <summary>What a route wants of a token.</summary>
internal sealed record RequiredVerb(string Verb) : IAuthorizationRequirement;

internal static class RequiredVerbRouting
{
    public static TBuilder RequireVerb<TBuilder>(this TBuilder builder, string verb)
        where TBuilder : IEndpointConventionBuilder
    {
        var required = new RequiredVerb(verb);
        builder.RequireAuthorization(policy => policy.AddRequirements(required));
        builder.WithMetadata(required);
        return builder;
    }
}

/// <summary>A route that says nothing is for tokens that reach everything.</summary>
internal sealed record Unlisted : IAuthorizationRequirement;

internal sealed class VerbHandler : IAuthorizationHandler
{
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http || http.Features.Get<Caller>() is not { } caller)
            return Task.CompletedTask;
        foreach (var requirement in context.PendingRequirements.ToArray())
        {
            var granted = requirement switch
            {
                RequiredVerb required => caller.Verbs.Contains(required.Verb),
                Unlisted => caller.Projects is null && caller.Verbs.Contains(Verbs.Read),
                _ => false,
            };
            if (granted)
                context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
