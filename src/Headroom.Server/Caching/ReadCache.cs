using Headroom.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.RateLimiting;
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
    /// Notes changes that come by other ways than a write of samples (a deletion, a restore): whatever a request changes that is
    /// neither a read nor a write makes every kept answer void, before its own answer begins.
    /// </summary>
    public static void UseInvalidation(this IApplicationBuilder app, ReadVersions versions) => app.Use((context, next) =>
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            || context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName is Admission.WritePolicy or Admission.ReadPolicy)
            return next(context);
        context.Response.OnStarting(() =>
        {
            versions.ChangedEverything();
            return Task.CompletedTask;
        });
        return next(context);
    });
}
