using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Output;
using Headroom.Server.Hosting;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Query;

/// <summary>
/// The Prometheus HTTP API, as Grafana's data source and promtool use it: expressions, series, labels, and what they
/// ask about the server. Each route takes a GET with a query string or a POST with a form.
/// </summary>
internal sealed class PrometheusRoutes(IMetricsBackend backend, ServerLimits limits, TimeProvider time, ServerTelemetry telemetry)
{
    private static readonly string[] GetAndPost = [HttpMethods.Get, HttpMethods.Post];

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "query", QueryAsync);
        Map(routes, "query_range", QueryRangeAsync);
        Map(routes, "series", SeriesAsync);
        Map(routes, "labels", LabelsAsync);
        Map(routes, "label/{name}/values", LabelValuesAsync);
        Map(routes, "format_query", FormatAsync);
        Map(routes, "metadata", static context => PrometheusEnvelope.SucceedAsync(context, static json =>
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }));
        Map(routes, "status/buildinfo", BuildInfoAsync);
    }

    private static void Map(IEndpointRouteBuilder routes, string name, Func<HttpContext, Task> answer) =>
        routes.MapMethods("/api/v1/" + name, GetAndPost, PrometheusEnvelope.Route(answer)).Reads();

    private async Task QueryAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        string query = parameters.Required("query");
        long at = parameters.Time("time", Now());
        await EvaluateAsync(context, parameters, "instant", cancel => backend.QueryAsync(query, at, cancel));
    }

    private async Task QueryRangeAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        string query = parameters.Required("query");
        long start = parameters.RequiredTime("start");
        long end = parameters.RequiredTime("end");
        long step = parameters.Duration("step") ?? throw RequestParameters.Invalid("step", "it is required.");
        if (end < start) throw RequestParameters.Invalid("end", "end timestamp must not be before start time");
        if (step <= 0) throw RequestParameters.Invalid("step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
        if ((end - start) / step > limits.PointsPerSeries)
            throw RequestParameters.Invalid("step", $"exceeded maximum resolution of {limits.PointsPerSeries:N0} points per timeseries. Try decreasing the query resolution (?step=XX)");
        await EvaluateAsync(context, parameters, "range", cancel => backend.QueryRangeAsync(query, start, end, step, cancel));
    }

    private async Task EvaluateAsync(HttpContext context, RequestParameters parameters, string kind, Func<CancellationToken, ValueTask<QueryResult>> evaluate)
    {
        int limit = parameters.Integer("limit", 0, 0, int.MaxValue);
        var longest = parameters.Duration("timeout") is { } asked && asked < limits.QueryTimeout.TotalMilliseconds ? TimeSpan.FromMilliseconds(asked) : limits.QueryTimeout;
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        long started = time.GetTimestamp();
        var result = await evaluate(either.Token);
        telemetry.Query(kind, time.GetElapsedTime(started));
        var (value, truncated) = Limited(result.Value, limit);
        IReadOnlyList<string> warnings = truncated ? [.. result.Warnings, "results truncated due to limit"] : result.Warnings;
        await PrometheusEnvelope.SucceedAsync(context, json => PrometheusJson.WriteData(json, value), warnings, result.Infos);
    }

    private async Task SeriesAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        var selectors = Selectors(parameters);
        if (selectors.Count == 0) throw RequestParameters.Invalid("match[]", "no match[] parameter provided");
        var (start, end) = Range(parameters);
        int limit = parameters.Integer("limit", 0, 0, int.MaxValue);
        var series = await backend.SeriesAsync(selectors, start, end, limit is 0 or int.MaxValue ? int.MaxValue : limit + 1, context.RequestAborted);
        await PrometheusEnvelope.SucceedAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var labels in Limited(series, limit))
            {
                json.WriteStartObject();
                foreach (var (name, value) in labels) json.WriteString(name, value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }, Truncation(series.Count, limit));
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
        int limit = parameters.Integer("limit", 0, 0, int.MaxValue);
        return PrometheusEnvelope.SucceedAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (string text in Limited(texts, limit)) json.WriteStringValue(text);
            json.WriteEndArray();
        }, Truncation(texts.Count, limit));
    }

    private async Task FormatAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        string formatted = PromqlSyntax.Format(parameters.Required("query"));
        await PrometheusEnvelope.SucceedAsync(context, json => json.WriteStringValue(formatted));
    }

    private static Task BuildInfoAsync(HttpContext context) => PrometheusEnvelope.SucceedAsync(context, static json =>
    {
        json.WriteStartObject();
        // Grafana reads what a data source can do from Prometheus's version; this is the one whose semantics hold here.
        json.WriteString("version", "3.0.0");
        json.WriteString("revision", "");
        json.WriteString("branch", "");
        json.WriteString("buildUser", "");
        json.WriteString("buildDate", "");
        json.WriteString("goVersion", "");
        json.WriteString("headroomVersion", ServerTelemetry.Version);
        json.WriteEndObject();
    });

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

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

    private static (QueryValue Value, bool Truncated) Limited(QueryValue value, int limit) => value switch
    {
        VectorValue vector when limit > 0 && vector.Samples.Count > limit => (new VectorValue([.. vector.Samples.Take(limit)]), true),
        MatrixValue matrix when limit > 0 && matrix.Series.Count > limit => (new MatrixValue([.. matrix.Series.Take(limit)]), true),
        _ => (value, false),
    };

    private static IEnumerable<T> Limited<T>(IReadOnlyList<T> items, int limit) => limit > 0 ? items.Take(limit) : items;

    private static IReadOnlyList<string>? Truncation(int count, int limit) => limit > 0 && count > limit ? ["results truncated due to limit"] : null;
}
