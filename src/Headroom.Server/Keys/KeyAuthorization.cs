using Headroom.Configuration.Diagnostics;
using Headroom.Server.Logging;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Keys;

/// <summary>
/// Lets a request through to a route only with the scope the route needs. A route that says nothing needs
/// <see cref="KeyScopes.Operate"/>, so that one forgotten is shut and not open.
/// </summary>
/// <param name="next">The route.</param>
/// <param name="required">Whether keys are needed at all; routes that change who may come in need one always.</param>
/// <param name="log">Who was refused is logged, never with what.</param>
internal sealed class KeyAuthorization(RequestDelegate next, KeysRequired required, ILogger<KeyAuthorization> log)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return next(context);
        var need = endpoint.Metadata.GetMetadata<NeededScope>() ?? NeededScope.Unsaid;
        if (need.Scope == KeyScopes.None || !(required.Everywhere || need.Always)) return next(context);
        var caller = context.Features.Get<Caller>();
        if (caller is null) return RefuseAsync(context, StatusCodes.Status401Unauthorized, "no valid API key", new Problem("key-required",
            "This needs an API key, and the request has none that is valid.", "Authorization",
            "Send Authorization: Bearer KEY. On the server's machine, headroom key create makes one."));
        if ((caller.Scopes & need.Scope) == need.Scope) return next(context);
        string scope = KeyScopeWords.Word(need.Scope);
        return RefuseAsync(context, StatusCodes.Status403Forbidden, $"the key has no scope {scope}", new Problem("key-scope",
            $"The key does not have the scope {scope}, which this needs.", "Authorization", $"Use a key that was created with --scope {scope}."));
    }

    private Task RefuseAsync(HttpContext context, int status, string why, Problem problem)
    {
        Log.NotAuthorized(log, context.Request.Method, context.Request.Path, status, why);
        return ProblemMiddleware.WriteAsync(context, [problem], status);
    }
}

/// <summary>Whether every request on TCP needs a key.</summary>
internal sealed record KeysRequired(bool Everywhere);

/// <summary>What a route needs.</summary>
/// <param name="Scope">The scope; none for a route open to all.</param>
/// <param name="Always">Whether it needs it even where keys are not required.</param>
internal sealed record NeededScope(KeyScopes Scope, bool Always = false)
{
    /// <summary>What a route needs that does not say.</summary>
    public static readonly NeededScope Unsaid = new(KeyScopes.Operate);
}

/// <summary>How routes say what they need.</summary>
internal static class NeededScopes
{
    /// <summary>Needs a scope where keys are required.</summary>
    public static IEndpointConventionBuilder Needs(this IEndpointConventionBuilder route, KeyScopes scope) => route.WithMetadata(new NeededScope(scope));

    /// <summary>Changes who may come in: needs <see cref="KeyScopes.Operate"/> always, or the socket.</summary>
    public static IEndpointConventionBuilder OwnersOnly(this IEndpointConventionBuilder route) => route.WithMetadata(new NeededScope(KeyScopes.Operate, Always: true));

    /// <summary>Open to all: it tells nothing but that the server lives.</summary>
    public static IEndpointConventionBuilder OpenToAll(this IEndpointConventionBuilder route) => route.WithMetadata(new NeededScope(KeyScopes.None));
}
