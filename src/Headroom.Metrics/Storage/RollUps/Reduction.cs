using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Chooses which samples of a series stand for an interval, and summarises the rest. Intervals are open on the left and
/// closed on the right, as PromQL's ranges are, and aligned to the epoch, so that a range of whole intervals holds all
/// of what was recorded in it and nothing else.
/// </summary>
/// <remarks>
/// Of counters and histograms the last sample of each interval is kept, the first, and both sides of each reset: a window over
/// whole intervals then starts and ends with the very samples it has at full resolution, so that a rate, an increase or
/// a percentile over it is the same. Of gauges the last is kept, with minimum, maximum, sum and count. A stale marker is
/// kept where an interval ends with it.
/// </remarks>
internal static class Reduction
{
    /// <summary>The samples to keep.</summary>
    /// <param name="samples">Samples of one series.</param>
    /// <param name="interval">Length of an interval in milliseconds.</param>
    /// <param name="nature">What its floats are.</param>
    /// <param name="into">Receives them.</param>
    public static void Samples(SampleBuffer samples, long interval, SeriesNature nature, SampleBuffer into)
    {
        bool[] kept = new bool[samples.Count];
        for (int start = 0, end; start < samples.Count; start = end)
        {
            end = EndOf(samples.Times, start, interval);
            int first = -1;
            int last = -1;
            for (int i = start; i < end; i++)
            {
                if (IsStale(samples, i)) continue;
                if (first < 0) first = i;
                last = i;
            }
            if (last >= 0) kept[last] = true;
            if (first >= 0 && !IsGauge(samples, first, nature)) kept[first] = true;
            if (IsStale(samples, end - 1)) kept[end - 1] = true;
        }
        KeepResets(samples, nature, kept);
        for (int i = 0; i < kept.Length; i++)
        {
            if (!kept[i]) continue;
            if (samples.HistogramAt(i) is { } histogram) into.Add(samples.Times[i], histogram);
            else into.Add(samples.Times[i], samples.Values[i]);
        }
    }

    /// <summary>Summaries of the float samples of each interval, at the time of its last float.</summary>
    public static void Aggregates(SampleBuffer samples, long interval, List<long> times, List<AggregateRow> rows)
    {
        for (int start = 0, end; start < samples.Count; start = end)
        {
            end = EndOf(samples.Times, start, interval);
            AggregateRow? row = null;
            long last = 0;
            for (int i = start; i < end; i++)
            {
                if (samples.HistogramAt(i) is not null || IsStale(samples, i)) continue;
                var one = AggregateRow.Single(samples.Values[i]);
                (row, last) = (row is { } before ? before.With(one) : one, samples.Times[i]);
            }
            if (row is not { } all) continue;
            times.Add(last);
            rows.Add(all);
        }
    }

    /// <summary>Summaries of summaries: those of shorter intervals, of which the longer ones are made.</summary>
    public static void Aggregates(ReadOnlySpan<long> from, IReadOnlyList<AggregateRow> of, long interval, List<long> times, List<AggregateRow> rows)
    {
        for (int start = 0, end; start < from.Length; start = end)
        {
            end = EndOf(from, start, interval);
            var row = of[start];
            for (int i = start + 1; i < end; i++) row = row.With(of[i]);
            times.Add(from[end - 1]);
            rows.Add(row);
        }
    }

    private static int EndOf(ReadOnlySpan<long> times, int start, long interval)
    {
        long end = (times[start] + interval - 1) / interval * interval;
        int at = start + 1;
        while (at < times.Length && times[at] <= end) at++;
        return at;
    }

    private static void KeepResets(SampleBuffer samples, SeriesNature nature, bool[] kept)
    {
        int before = -1;
        for (int i = 0; i < samples.Count; i++)
        {
            if (IsStale(samples, i)) continue;
            if (before >= 0 && !IsGauge(samples, i, nature) && IsReset(samples, before, i)) kept[before] = kept[i] = true;
            before = i;
        }
    }

    private static bool IsReset(SampleBuffer samples, int before, int at)
    {
        var (last, next) = (samples.HistogramAt(before), samples.HistogramAt(at));
        if (last is not null && next is not null) return HistogramArithmetic.DetectReset(next, last);
        return last is not null || next is not null || samples.Values[at] < samples.Values[before];
    }

    private static bool IsGauge(SampleBuffer samples, int at, SeriesNature nature) =>
        samples.HistogramAt(at) is { } histogram ? histogram.Reset == ResetHint.Gauge : nature == SeriesNature.Gauge;

    private static bool IsStale(SampleBuffer samples, int at) =>
        samples.HistogramAt(at) is { } histogram ? histogram.IsStale : StaleMarker.IsStale(samples.Values[at]);
}
