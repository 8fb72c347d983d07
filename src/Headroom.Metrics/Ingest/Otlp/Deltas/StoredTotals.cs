using System.Globalization;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// The last totals that are stored of a metric's series, read as queries read them, so that any backend can tell them.
/// </summary>
internal sealed class StoredTotals(IMetricsBackend backend, TimeSpan within)
{
    /// <summary>Totals of numbers and of native histograms.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="service">Value of the label <c>service</c>.</param>
    /// <param name="now">The clock, Unix milliseconds.</param>
    /// <param name="latest">Time of the newest point at hand, should it be ahead of the clock.</param>
    /// <param name="cancel">Ends the query.</param>
    public async ValueTask<IReadOnlyList<RunningTotal>> PlainAsync(string metric, string service, long now, long latest, CancellationToken cancel)
    {
        var totals = new List<RunningTotal>();
        foreach (var series in await QueryAsync($"__name__={Quoting.Quote(metric)}", service, now, latest, cancel).ConfigureAwait(false))
        {
            if (Last(series) is not { } last) continue;
            totals.Add(new RunningTotal(series.Labels) { Start = -1, End = last.Time, Value = last.Value, Native = last.Histogram });
        }
        return totals;
    }

    /// <summary>Totals of classic histograms, put together from their series.</summary>
    public async ValueTask<IReadOnlyList<RunningTotal>> ClassicAsync(string metric, string service, long now, long latest, CancellationToken cancel)
    {
        var parts = new Dictionary<Labels, ClassicParts>();
        foreach (var series in await QueryAsync($"__name__=~{Quoting.Quote(metric + "_(bucket|sum|count)")}", service, now, latest, cancel).ConfigureAwait(false))
        {
            if (Last(series) is not { Histogram: null } last) continue;
            var whole = series.Labels.Without(static name => name == "le").With(Labels.MetricName, metric);
            if (!parts.TryGetValue(whole, out var part)) parts[whole] = part = new ClassicParts();
            if (series.Labels.Name.EndsWith("_sum", StringComparison.Ordinal)) part.Sum = last;
            else if (series.Labels.Name.EndsWith("_count", StringComparison.Ordinal)) part.Count = last;
            else if (double.TryParse(series.Labels["le"].Replace("+Inf", "Infinity", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double bound)) part.Buckets.Add((bound, last));
        }
        return [.. parts.Select(p => p.Value.ToTotal(p.Key)).OfType<RunningTotal>()];
    }

    private async ValueTask<IReadOnlyList<MatrixSeries>> QueryAsync(string name, string service, long now, long latest, CancellationToken cancel)
    {
        long at = Math.Max(now, latest);
        long range = (long)within.TotalMilliseconds + (at - now);
        var result = await backend.QueryAsync($"{{{name},service={Quoting.Quote(service)}}}[{range.ToString(CultureInfo.InvariantCulture)}ms]", at, cancel).ConfigureAwait(false);
        return result.Value is MatrixValue matrix ? matrix.Series : [];
    }

    private static Point? Last(MatrixSeries series)
    {
        for (int i = series.Points.Count - 1; i >= 0; i--)
        {
            var point = series.Points[i];
            if (point.Histogram is { IsStale: true } || (point.Histogram is null && StaleMarker.IsStale(point.Value))) continue;
            return point;
        }
        return null;
    }

    private sealed class ClassicParts
    {
        public Point? Sum { get; set; }

        public Point? Count { get; set; }

        public List<(double Bound, Point Last)> Buckets { get; } = [];

        /// <summary>The histogram as of the last count; null when it is not whole.</summary>
        public RunningTotal? ToTotal(Labels series)
        {
            if (Count is not { } count) return null;
            // Buckets that were written before are of bounds that are no more.
            var current = Buckets.Where(b => b.Last.Time == count.Time).OrderBy(b => b.Bound).ToArray();
            if (current.Length == 0 || !double.IsPositiveInfinity(current[^1].Bound)) return null;
            return new RunningTotal(series)
            {
                Start = -1,
                End = count.Time,
                Value = Sum is { } sum && sum.Time == count.Time ? sum.Value : double.NaN,
                Count = count.Value,
                Bounds = [.. current[..^1].Select(b => b.Bound)],
                Below = [.. current.Select(b => b.Last.Value)],
            };
        }
    }
}
