using Headroom.Server.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace Headroom.Server.Caching;

/// <summary>Puts the output cache into the application.</summary>
internal static class ReadCache
{
    public static void Add(IServiceCollection services, BoundedCacheStore store, CachePolicy policy)
    {
        services.AddSingleton<IOutputCacheStore>(store);
        services.AddOutputCache(options =>
        {
            options.MaximumBodySize = store.LargestAnswer;
            // Names of labels are told apart by case.
            options.UseCaseSensitivePaths = true;
            options.AddBasePolicy(policy);
        });
    }

    /// <summary>
    /// Notes changes that come by other ways than a write of samples (a deletion, a restore): whatever needs the scope
    /// operate, and is no mere look, makes every kept answer void before its own answer begins.
    /// </summary>
    public static void UseInvalidation(this IApplicationBuilder app, ReadVersions versions) => app.Use((context, next) =>
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            || context.GetEndpoint()?.Metadata.GetMetadata<NeededScope>() is { Scope: not KeyScopes.Operate }) return next(context);
        context.Response.OnStarting(() =>
        {
            versions.ChangedEverything();
            return Task.CompletedTask;
        });
        return next(context);
    });
}
