using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Query;

/// <summary>What the Prometheus HTTP API says about series without evaluating anything: their labels, metadata and exemplars.</summary>
internal sealed class SeriesRoutes(IMetricsBackend backend, ServerLimits limits)
{
    private static readonly IReadOnlyList<string> Truncated = ["results truncated due to limit"];

    public void Map(IEndpointRouteBuilder routes)
    {
        PrometheusRoutes.Map(routes, "series", SeriesAsync);
        PrometheusRoutes.Map(routes, "labels", LabelsAsync);
        PrometheusRoutes.Map(routes, "label/{name}/values", LabelValuesAsync);
        PrometheusRoutes.Map(routes, "metadata", MetadataAsync);
        PrometheusRoutes.Map(routes, "query_exemplars", ExemplarsAsync);
    }

    private async Task SeriesAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        var selectors = Selectors(parameters);
        if (selectors.Count == 0) throw RequestParameters.Invalid("match[]", "no match[] parameter provided");
        var (start, end) = Range(parameters);
        int limit = Limit(parameters);
        var series = await backend.SeriesAsync(selectors, start, end, limit == int.MaxValue ? limit : limit + 1, context.RequestAborted);
        await PrometheusEnvelope.SucceedAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var labels in series.Take(limit)) PrometheusJson.WriteLabels(json, labels);
            json.WriteEndArray();
        }, series.Count > limit ? Truncated : null);
    }

    private async Task LabelsAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        var (start, end) = Range(parameters);
        await TextsAsync(context, parameters, await backend.LabelNamesAsync(Selectors(parameters), start, end, context.RequestAborted));
    }

    private async Task LabelValuesAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        var (start, end) = Range(parameters);
        string name = LabelName.Decode((string)context.Request.RouteValues["name"]!);
        await TextsAsync(context, parameters, await backend.LabelValuesAsync(name, Selectors(parameters), start, end, context.RequestAborted));
    }

    private static Task TextsAsync(HttpContext context, RequestParameters parameters, IReadOnlyList<string> texts)
    {
        int limit = Limit(parameters);
        return PrometheusEnvelope.SucceedAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (string text in texts.Take(limit)) json.WriteStringValue(text);
            json.WriteEndArray();
        }, texts.Count > limit ? Truncated : null);
    }

    private async Task MetadataAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        int limit = Limit(parameters);
        int perMetric = parameters.Integer("limit_per_metric", 0, int.MinValue, int.MaxValue);
        var known = await backend.MetadataAsync(parameters.Get("metric"), limit, context.RequestAborted);
        await PrometheusEnvelope.SucceedAsync(context, json => MetadataJson.Write(json, known, limit, perMetric <= 0 ? int.MaxValue : perMetric));
    }

    private async Task ExemplarsAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        string query = parameters.Required("query");
        var (start, end) = Range(parameters);
        var exemplars = await backend.ExemplarsAsync(query, start, end, context.RequestAborted);
        await PrometheusEnvelope.SucceedAsync(context, json => MetadataJson.Write(json, exemplars));
    }

    private static int Limit(RequestParameters parameters) => parameters.Integer("limit", 0, 0, int.MaxValue) is > 0 and var limit ? limit : int.MaxValue;

    // All of time, unless the request says otherwise, as Prometheus.
    private static (long Start, long End) Range(RequestParameters parameters)
    {
        long start = parameters.Time("start", long.MinValue / 4);
        long end = parameters.Time("end", long.MaxValue / 4);
        return end < start ? throw RequestParameters.Invalid("end", "end timestamp must not be before start time") : (start, end);
    }

    private static IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors(RequestParameters parameters)
    {
        try
        {
            return [.. parameters.All("match[]").Select(PromqlSyntax.ParseSelector)];
        }
        catch (PromqlException error)
        {
            throw RequestParameters.Invalid("match[]", error.Message);
        }
    }
}
