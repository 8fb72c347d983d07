using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using Headroom.Server.Hosting;
using Headroom.Server.Keys;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Data;

/// <summary>
/// The part of Prometheus's admin API that deletes (Prometheus documentation, "TSDB Admin APIs"):
/// <c>delete_series</c> by <c>match[]</c>, <c>start</c> and <c>end</c>, and <c>clean_tombstones</c>, which gives the disk
/// back. Both answer 204.
/// </summary>
internal sealed class AdminRoutes(EmbeddedStore store, ServerLimits limits)
{
    private static readonly string[] Methods = ["POST", "PUT"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/v1/admin/tsdb/delete_series", Methods, DeleteAsync).Writes().Needs(KeyScopes.Operate);
        routes.MapMethods("/api/v1/admin/tsdb/clean_tombstones", Methods, CleanAsync).Writes().Needs(KeyScopes.Operate);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        var selectors = Selectors(parameters);
        long start = parameters.Time("start", long.MinValue / 4);
        long end = parameters.Time("end", long.MaxValue / 4);
        if (end < start) throw RequestParameters.Invalid("end", "end timestamp must not be before start time");
        await store.DeleteAsync(selectors, start, end, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task CleanAsync(HttpContext context)
    {
        await Task.Run(() => store.CompactAsync(all: false, context.RequestAborted), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors(RequestParameters parameters)
    {
        try
        {
            var selectors = parameters.All("match[]").Select(PromqlSyntax.ParseSelector).ToList();
            return selectors.Count > 0 ? selectors : throw RequestParameters.Invalid("match[]", "no match[] parameter provided");
        }
        catch (PromqlException error)
        {
            throw RequestParameters.Invalid("match[]", error.Message);
        }
    }
}
