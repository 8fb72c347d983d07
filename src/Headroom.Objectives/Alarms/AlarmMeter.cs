using System.Globalization;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Alarms;

/// <summary>
/// Reads what alarms look at. A data point is what the query gives at the end of a period; NaN, infinities and histograms are
/// missing points, and so is everything when the query fails.
/// </summary>
/// <param name="backend">Where measurements live.</param>
/// <param name="slos">The project's SLOs.</param>
/// <param name="ports">Forecasts and anomalies.</param>
public sealed class AlarmMeter(IMetricsBackend backend, IReadOnlyList<SloDefinition> slos, AlarmPorts ports)
{
    /// <summary>Most series of one alarm; what a query gives beyond them is left out, and the reason says so.</summary>
    public const int MostSeries = 500;

    /// <summary>Reads one alarm.</summary>
    /// <param name="alarm">Any but a composite one.</param>
    /// <param name="at">The instant, Unix milliseconds; a multiple of the alarm's period.</param>
    /// <param name="cancel">Stops the work.</param>
    public async ValueTask<AlarmReadings> ReadAsync(AlarmDefinition alarm, long at, CancellationToken cancel)
    {
        try
        {
            return alarm.Condition switch
            {
                ThresholdCondition threshold => await ThresholdAsync(alarm, threshold, at, cancel),
                BurnRateCondition burn => await BurnAsync(burn, at, cancel),
                ForecastCondition forecast => await ForecastAsync(forecast, at, cancel),
                AnomalyCondition anomaly => await AnomalyAsync(alarm, anomaly, at, cancel),
                _ => throw new ArgumentException("a composite alarm looks at alarms, not at measurements", nameof(alarm)),
            };
        }
        catch (PromqlException failure)
        {
            var (rule, missing) = RuleOf(alarm.Condition);
            return new AlarmReadings(rule, missing, [], $"the query failed: {failure.Message}");
        }
    }

    private static (DatapointRule Rule, MissingData Missing) RuleOf(AlarmCondition condition) => condition switch
    {
        ThresholdCondition c => (c.For, c.Missing),
        AnomalyCondition c => (c.For, c.Missing),
        ForecastCondition c => (DatapointRule.Single, c.Missing),
        BurnRateCondition c => (DatapointRule.Single, c.Missing),
        _ => (DatapointRule.Single, MissingData.Missing),
    };

    private async ValueTask<AlarmReadings> ThresholdAsync(AlarmDefinition alarm, ThresholdCondition condition, long at, CancellationToken cancel)
    {
        int range = condition.For.EvaluationRange;
        long step = (long)alarm.Period.TotalMilliseconds;
        long first = at - ((range - 1) * step);
        var readings = new List<AlarmReading>();
        foreach (var (labels, points) in await SeriesAsync(condition.Query, first, at, step, cancel))
        {
            var data = new Datapoint[range];
            foreach (var point in points) data[(point.Time - first) / step] = condition.When.Holds(point.Value) ? Datapoint.Breaching : Datapoint.NotBreaching;
            readings.Add(new AlarmReading(labels, data, points.Count > 0 ? points[^1].Value : null, null));
        }
        return new AlarmReadings(condition.For, condition.Missing, readings, null);
    }

    private async ValueTask<AlarmReadings> BurnAsync(BurnRateCondition condition, long at, CancellationToken cancel)
    {
        var slo = slos.First(s => s.Name == condition.Slo);
        var readings = new List<AlarmReading>();
        foreach (var (labels, all) in await new SloEvaluator(backend).BurnAsync(slo, at, cancel))
        {
            var rows = all.Where(r => condition.Severity is null || r.Rule.Severity == condition.Severity).ToList();
            var firing = rows.FirstOrDefault(r => r.Fires);
            var shown = firing ?? rows.FirstOrDefault(r => r.LongRate is not null);
            var point = firing is not null ? Datapoint.Breaching : shown is null ? Datapoint.Missing : Datapoint.NotBreaching;
            readings.Add(new AlarmReading(labels, [Datapoint.Missing, Datapoint.Missing, point], shown?.LongRate, shown is null ? null : Words(shown)));
        }
        return new AlarmReadings(DatapointRule.Single, condition.Missing, readings, null);
    }

    private static string Words(BurnReading row) => string.Create(CultureInfo.InvariantCulture,
        $"the error budget burns at {row.LongRate:0.##} over {Configuration.Values.DurationText.Format(row.Rule.Long)} and {row.ShortRate:0.##} over {Configuration.Values.DurationText.Format(row.Rule.Short)}, against {row.Rule.Factor:0.###}{(row.LowTraffic ? "; low traffic keeps it quiet" : "")}");

    private async ValueTask<AlarmReadings> ForecastAsync(ForecastCondition condition, long at, CancellationToken cancel)
    {
        long step = (long)condition.Step.TotalMilliseconds;
        int steps = (int)(condition.Within / condition.Step);
        var readings = new List<AlarmReading>();
        foreach (var (labels, history) in await SeriesAsync(condition.Query, at - ((long)(condition.History / condition.Step) * step), at, step, cancel))
        {
            var predicted = history.Count == 0 || history[^1].Time != at ? null : ports.Forecaster!.Forecast(history, condition.Step, steps);
            var point = predicted is null ? Datapoint.Missing : Datapoint.NotBreaching;
            string? note = predicted is null ? "there is too little history for a forecast" : $"no breach is predicted within {Configuration.Values.DurationText.Format(condition.Within)}";
            if (history.Count > 0 && history[^1].Time == at && condition.When.Holds(history[^1].Value)) (point, note) = (Datapoint.Breaching, "it breaches now");
            else if (predicted?.Select((p, i) => (Point: p, Ahead: (i + 1) * condition.Step)).FirstOrDefault(p => condition.When.Holds(p.Point.Value)) is { Ahead.Ticks: > 0 } breach)
                (point, note) = (Datapoint.Breaching, string.Create(CultureInfo.InvariantCulture, $"{breach.Point.Value:0.######} is predicted in {Configuration.Values.DurationText.Format(breach.Ahead)} (95% interval {breach.Point.Lower:0.######} to {breach.Point.Upper:0.######})"));
            readings.Add(new AlarmReading(labels, [Datapoint.Missing, Datapoint.Missing, point], history.Count > 0 ? history[^1].Value : null, note));
        }
        return new AlarmReadings(DatapointRule.Single, condition.Missing, readings, null);
    }

    private async ValueTask<AlarmReadings> AnomalyAsync(AlarmDefinition alarm, AnomalyCondition condition, long at, CancellationToken cancel)
    {
        long step = (long)alarm.Period.TotalMilliseconds;
        long length = Math.Clamp((long)(condition.History / alarm.Period), condition.For.EvaluationRange, 10_000);
        int range = condition.For.EvaluationRange;
        long first = at - ((range - 1) * step);
        var readings = new List<AlarmReading>();
        foreach (var (labels, history) in await SeriesAsync(condition.Query, at - ((length - 1) * step), at, step, cancel))
        {
            var verdicts = ports.Anomalies!.Judge(history, alarm.Period);
            var data = new Datapoint[range];
            for (int i = 0; i < history.Count; i++)
                if (history[i].Time >= first && verdicts[i] is { } anomalous)
                    data[(history[i].Time - first) / step] = anomalous ? Datapoint.Breaching : Datapoint.NotBreaching;
            readings.Add(new AlarmReading(labels, data, history.Count > 0 ? history[^1].Value : null, null));
        }
        return new AlarmReadings(condition.For, condition.Missing, readings, null);
    }

    private async ValueTask<IReadOnlyList<(Labels Labels, IReadOnlyList<Point> Points)>> SeriesAsync(string query, long start, long end, long step, CancellationToken cancel)
    {
        var result = await backend.QueryRangeAsync(query, start, end, step, cancel);
        if (result.Value is not MatrixValue matrix) return [];
        return [.. matrix.Series.Take(MostSeries).Select(s => (s.Labels.Without(static name => name == Labels.MetricName), (IReadOnlyList<Point>)[.. s.Points.Where(p => p.Histogram is null && double.IsFinite(p.Value))]))
            .DistinctBy(s => s.Item1)];
    }
}
