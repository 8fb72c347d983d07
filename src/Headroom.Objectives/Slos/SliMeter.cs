using System.Globalization;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Slos;

/// <summary>What one series of an SLI came to over a window.</summary>
/// <param name="Labels">The series; empty when the SLI gives one figure.</param>
/// <param name="Bad">Bad events, or bad slices.</param>
/// <param name="Total">All events, or all slices with data; 0 when there are none.</param>
/// <param name="Notes">What was odd about the data.</param>
public sealed record SliCounts(Labels Labels, double Bad, double Total, IReadOnlyList<string> Notes)
{
    /// <summary>Whether there is anything to judge.</summary>
    public bool HasData => Total > 0;

    /// <summary>Share of bad events; NaN without data.</summary>
    public double ErrorRate => HasData ? Bad / Total : double.NaN;
}

/// <summary>Measures SLIs. A query that fails or finds nothing gives no data, with the reason, and never a good verdict.</summary>
/// <param name="backend">Where measurements live.</param>
public sealed class SliMeter(IMetricsBackend backend)
{
    private const int PointsPerQuery = 10_000;

    /// <summary>Measures one window.</summary>
    /// <param name="slo">What is measured.</param>
    /// <param name="at">End of the window, Unix milliseconds.</param>
    /// <param name="window">Its length.</param>
    /// <param name="traces">Receives each query with what it gave; null when nobody asks.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>At least one entry; one without data when there is none.</returns>
    public async ValueTask<IReadOnlyList<SliCounts>> MeasureAsync(SloDefinition slo, long at, TimeSpan window, List<SloTrace>? traces, CancellationToken cancel)
    {
        if (window < TimeSpan.FromMilliseconds(1)) return [NoData("The period has only just begun.")];
        try
        {
            return slo.Slices is { } slices
                ? await SlicesAsync(slo, slices, at, window, traces, cancel)
                : await EventsAsync(SloQueries.Counts(slo.Sli), at, window, traces, cancel);
        }
        catch (PromqlException failure)
        {
            return [NoData($"The query failed: {failure.Message}")];
        }
    }

    private static SliCounts NoData(string why) => new(Labels.Empty, 0, 0, [why]);

    private async ValueTask<IReadOnlyList<SliCounts>> EventsAsync(RatioSli sli, long at, TimeSpan window, List<SloTrace>? traces, CancellationToken cancel)
    {
        var total = await InstantAsync("total", SloQueries.With(sli.Total, window), at, window, traces, cancel);
        var part = await InstantAsync(sli.Bad is null ? "good" : "bad", SloQueries.With(sli.Bad ?? sli.Good!, window), at, window, traces, cancel);
        if (total.Count == 0) return [NoData("The query for all events found nothing.")];
        return [.. total.OrderBy(t => t.Key).Select(t => Count(t.Key, part.TryGetValue(t.Key, out double counted) ? counted : null, t.Value, sli.Bad is not null, part.Count))];
    }

    private static SliCounts Count(Labels labels, double? part, double total, bool partIsBad, int parts)
    {
        var notes = new List<string>();
        string word = partIsBad ? "bad" : "good";
        if (!double.IsFinite(total) || total < 0) return new SliCounts(labels, 0, 0, [$"The number of events is {SloQueries.Number(total)}, which is no count."]);
        if (total == 0) return new SliCounts(labels, 0, 0, ["There were no events."]);
        if (part is null)
        {
            if (parts > 0) return new SliCounts(labels, 0, 0, [$"The queries for {word} and for all events give different labels, so they cannot be matched."]);
            notes.Add($"The query for {word} events found nothing, which counts as none.");
        }
        double counted = part ?? 0;
        if (!double.IsFinite(counted)) return new SliCounts(labels, 0, 0, [$"The number of {word} events is {SloQueries.Number(counted)}, which is no count."]);
        double bad = partIsBad ? counted : total - counted;
        // Two increases are extrapolated apart, so a little more good than all events is arithmetic; much more is a wrong query.
        if (bad < -0.01 * total || bad > 1.01 * total) notes.Add($"There were {SloQueries.Number(counted)} {word} of {SloQueries.Number(total)} events, which cannot be: the queries count different things.");
        return new SliCounts(labels, Math.Clamp(bad, 0, total), total, notes);
    }

    private async ValueTask<IReadOnlyList<SliCounts>> SlicesAsync(SloDefinition slo, Timeslices slices, long at, TimeSpan window, List<SloTrace>? traces, CancellationToken cancel)
    {
        long slice = (long)slices.Slice.TotalMilliseconds;
        // Slices end on whole multiples of their length, and those that end inside the window count: a window as long as a slice always holds
        // one, whenever it is asked about.
        long last = FloorTo(slice, at);
        long first = FloorTo(slice, at - (long)window.TotalMilliseconds) + slice;
        if (first > last) return [NoData("No slice of time has ended yet.")];
        var tally = new Dictionary<Labels, (int Good, int Bad, int Small)>();
        if (slo.Sli is ValueSli value)
        {
            foreach (var (labels, points) in await RangeAsync("value", value.Query, first, last, slice, traces, cancel))
                tally[labels] = (points.Values.Count(value.When.Holds), points.Values.Count(v => !value.When.Holds(v)), 0);
        }
        else
        {
            var sli = SloQueries.Counts(slo.Sli);
            var totals = await RangeAsync("total", SloQueries.With(sli.Total, slices.Slice), first, last, slice, traces, cancel);
            var parts = await RangeAsync(sli.Bad is null ? "good" : "bad", SloQueries.With(sli.Bad ?? sli.Good!, slices.Slice), first, last, slice, traces, cancel);
            foreach (var (labels, total) in totals) tally[labels] = Tally(total, parts.GetValueOrDefault(labels) ?? [], sli.Bad is not null, slices.Target, slo.MinimumEvents ?? 0);
        }
        if (tally.Count == 0) return [NoData("The query found nothing in any slice of time.")];
        long all = ((last - first) / slice) + 1;
        return [.. tally.OrderBy(t => t.Key).Select(t => new SliCounts(t.Key, t.Value.Bad, t.Value.Good + t.Value.Bad, NotesOf(t.Value.Good + t.Value.Bad, t.Value.Small, all)))];
    }

    private static long FloorTo(long slice, long time) => time - (((time % slice) + slice) % slice);

    private static (int Good, int Bad, int Small) Tally(Dictionary<long, double> totals, Dictionary<long, double> parts, bool partIsBad, double target, double minimum)
    {
        var (good, bad, small) = (0, 0, 0);
        foreach (var (time, total) in totals)
        {
            if (!(total > 0)) continue;
            if (total < minimum)
            {
                small++;
                continue;
            }
            double part = parts.GetValueOrDefault(time);
            double share = partIsBad ? 1 - (part / total) : part / total;
            // Two counts extrapolated apart differ in the last digits.
            if (share >= target - 1e-9) good++;
            else bad++;
        }
        return (good, bad, small);
    }

    private static List<string> NotesOf(int counted, int small, long all)
    {
        var notes = new List<string>();
        if (small > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{small} slices had too little traffic and do not count."));
        if (all - counted - small is > 0 and var empty) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{empty} of {all} slices have no data and do not count."));
        return notes;
    }

    private async ValueTask<Dictionary<Labels, double>> InstantAsync(string role, string query, long at, TimeSpan window, List<SloTrace>? traces, CancellationToken cancel)
    {
        var result = await backend.QueryAsync(query, at, cancel);
        var read = new Dictionary<Labels, double>();
        switch (result.Value)
        {
            case ScalarValue scalar when !double.IsNaN(scalar.Value):
                read[Labels.Empty] = scalar.Value;
                break;
            case VectorValue vector:
                foreach (var sample in vector.Samples)
                    if (sample.Histogram is null && !double.IsNaN(sample.Value))
                        read[Nameless(sample.Labels)] = sample.Value;
                break;
        }
        traces?.Add(new SloTrace(role, query, At(at) - window, At(at), [.. read.OrderBy(r => r.Key).Select(r => (r.Key, r.Value))], await SamplesAsync(query, at, traces, cancel)));
        return read;
    }

    private async ValueTask<Dictionary<Labels, Dictionary<long, double>>> RangeAsync(string role, string query, long first, long last, long step, List<SloTrace>? traces, CancellationToken cancel)
    {
        var read = new Dictionary<Labels, Dictionary<long, double>>();
        for (long start = first; start <= last; start += step * PointsPerQuery)
        {
            long end = Math.Min(last, start + (step * (PointsPerQuery - 1)));
            var result = await backend.QueryRangeAsync(query, start, end, step, cancel);
            if (result.Value is not MatrixValue matrix) continue;
            foreach (var series in matrix.Series)
            {
                var labels = Nameless(series.Labels);
                if (!read.TryGetValue(labels, out var points)) read[labels] = points = [];
                foreach (var point in series.Points)
                    if (point.Histogram is null && double.IsFinite(point.Value))
                        points[point.Time] = point.Value;
            }
        }
        traces?.Add(new SloTrace(role, query, At(first - step), At(last), [.. read.OrderBy(r => r.Key).Select(r => (r.Key, r.Value.Values.Sum()))], null) { Slices = (int)((last - first) / step) + 1 });
        return read;
    }

    // How many raw samples a query over a window stands on; only asked for an explanation.
    private async ValueTask<long?> SamplesAsync(string query, long at, List<SloTrace>? traces, CancellationToken cancel)
    {
        if (traces is null || SampleCounting.QueryFor(query) is not { } counting) return null;
        try
        {
            return (await backend.QueryAsync(counting, at, cancel)).Value is VectorValue { Samples: [var one] } ? (long)one.Value : 0;
        }
        catch (PromqlException)
        {
            return null;
        }
    }

    private static Labels Nameless(Labels labels) => labels.Without(static name => name == Labels.MetricName);

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
