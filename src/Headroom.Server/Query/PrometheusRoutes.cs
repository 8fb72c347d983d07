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
        Map(routes, "format_query", FormatAsync);
        new SeriesRoutes(backend, limits).Map(routes);
        BuildInfoRoutes.Map(routes);
    }

    /// <summary>Adds a route below <c>/api/v1/</c>, by GET and POST.</summary>
    internal static void Map(IEndpointRouteBuilder routes, string name, Func<HttpContext, Task> answer) =>
        routes.MapMethods("/api/v1/" + name, GetAndPost, PrometheusEnvelope.Route(answer)).Reads();

    private async Task QueryAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        string query = parameters.Required("query");
        long at = parameters.Time("time", Now());
        await EvaluateAsync(context, parameters, "instant", (options, cancel) => backend.QueryAsync(query, at, options, cancel));
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
        await EvaluateAsync(context, parameters, "range", (options, cancel) => backend.QueryRangeAsync(query, start, end, step, options, cancel));
    }

    private async Task EvaluateAsync(HttpContext context, RequestParameters parameters, string kind, Func<QueryOptions, CancellationToken, ValueTask<QueryResult>> evaluate)
    {
        int limit = parameters.Integer("limit", 0, 0, int.MaxValue);
        var options = new QueryOptions { LookbackMilliseconds = parameters.Duration("lookback_delta") };
        if (options.LookbackMilliseconds is <= 0) throw RequestParameters.Invalid("lookback_delta", "it must be longer than nothing.");
        bool statistics = parameters.Get("stats") is not null;
        var longest = parameters.Duration("timeout") is { } asked && asked < limits.QueryTimeout.TotalMilliseconds ? TimeSpan.FromMilliseconds(asked) : limits.QueryTimeout;
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        long started = time.GetTimestamp();
        var result = await evaluate(options, either.Token);
        telemetry.Query(kind, time.GetElapsedTime(started));
        var (value, truncated) = Limited(result.Value, limit);
        IReadOnlyList<string> warnings = truncated ? [.. result.Warnings, "results truncated due to limit"] : result.Warnings;
        await PrometheusEnvelope.SucceedAsync(context, json => PrometheusJson.WriteData(json, value, statistics ? result.Statistics : null), warnings, result.Infos);
    }

    private async Task FormatAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context, limits.QueryBodyBytes);
        string formatted = PromqlSyntax.Format(parameters.Required("query"));
        await PrometheusEnvelope.SucceedAsync(context, json => json.WriteStringValue(formatted));
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static (QueryValue Value, bool Truncated) Limited(QueryValue value, int limit) => value switch
    {
        VectorValue vector when limit > 0 && vector.Samples.Count > limit => (new VectorValue([.. vector.Samples.Take(limit)]), true),
        MatrixValue matrix when limit > 0 && matrix.Series.Count > limit => (new MatrixValue([.. matrix.Series.Take(limit)]), true),
        _ => (value, false),
    };
}
