using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Adds deltas up to cumulative series. The store is the truth: the totals in memory are a bounded cache of what was written
/// last, taken up from the store when a series is first seen after a start, so that no counter begins anew and a delta
/// that was acknowledged is in every later sample.
/// </summary>
/// <remarks>
/// A delta over (start, end] writes the new total at its end. Where the interval does not begin at the end of the one
/// before, the total of before (0 for a new counter) is written at its start, so that <c>rate</c> and <c>increase</c> see all
/// of it after a silence as well. One that ends at or before the end of what is added already comes too late, because samples
/// behind it hold totals without it: it is refused, unless it is the last one again, which counts once. One that begins
/// before that end but ends after it (overlapping) is added whole.
/// </remarks>
internal sealed class DeltaTotals(OtlpOptions options, StoredTotals stored)
{
    // Clocks and timers are not exact to the millisecond; a sample this close to the one before would say nothing new.
    private const long SmallestGap = 1000;
    private const int MaxTakenUp = 100_000;

    private static readonly Dictionary<(string, string), DeltaPoint> NoneMissing = [];

    private readonly Lock _gate = new();
    private readonly HashSet<(string Metric, string Service)> _takenUp = [];
    private readonly long _startWindow = (long)options.StartWindow.TotalMilliseconds;
    private Dictionary<Labels, RunningTotal> _young = [];
    private Dictionary<Labels, RunningTotal> _old = [];

    /// <summary>Totals in memory.</summary>
    public int Count
    {
        get { lock (_gate) return _young.Count + _old.Count; }
    }

    /// <summary>
    /// Adds the deltas of a batch up and puts the cumulative samples into it. <see cref="Settle"/> must follow.
    /// </summary>
    /// <exception cref="ProblemException">The store cannot be asked now.</exception>
    public async ValueTask AddUpAsync(MetricsBatch batch, long now, CancellationToken cancel)
    {
        if (batch.Deltas.Count == 0) return;
        Dictionary<Labels, RunningTotal>? loaded = null;
        var missing = PinKnown(batch);
        foreach (var (metric, delta) in missing)
        {
            loaded ??= [];
            foreach (var total in await LoadAsync(metric, delta, now, cancel).ConfigureAwait(false)) loaded.TryAdd(total.Series, total);
        }
        lock (_gate)
        {
            // Before they are kept: should one be dropped at once, the metric is not taken up after all.
            if (_takenUp.Count + missing.Count > MaxTakenUp) _takenUp.Clear();
            foreach (var metric in missing.Keys) _takenUp.Add(metric);
            for (int i = 0; i < batch.Deltas.Count; i++) Add(batch.Deltas[i], loaded, batch);
            if (loaded is null) return;
            // Those not needed now are as a rule needed soon; should they be too many, they are dropped first.
            foreach (var total in loaded.Values)
                if (Find(total.Series) is null)
                    Keep(total);
        }
    }

    /// <summary>Says whether the batch was written: if not, what it added is forgotten and the store asked again.</summary>
    public void Settle(MetricsBatch batch, bool isWritten)
    {
        if (batch.Totals.Count == 0) return;
        lock (_gate)
        {
            foreach (var total in batch.Totals)
            {
                total.InFlight--;
                total.IsDoubtful |= !isWritten;
                // Others that were written since stand on this total; only when all are told does the store know best.
                if (!total.IsDoubtful || total.InFlight > 0) continue;
                _young.Remove(total.Series);
                _old.Remove(total.Series);
                _takenUp.Clear();
            }
        }
    }

    /// <summary>
    /// Holds on to the totals of a batch that are in memory, and names the metrics of which some may only be stored.
    /// </summary>
    private Dictionary<(string Metric, string Service), DeltaPoint> PinKnown(MetricsBatch batch)
    {
        Dictionary<(string, string), DeltaPoint>? missing = null;
        lock (_gate)
        {
            foreach (var delta in batch.Deltas)
            {
                if (Find(delta.Series.Labels) is { } total)
                {
                    Pin(total, batch);
                    continue;
                }
                var metric = (delta.Family.Name, delta.Series.Labels["service"]);
                if (!_takenUp.Contains(metric)) (missing ??= []).TryAdd(metric, delta);
            }
        }
        return missing ?? NoneMissing;
    }

    private static void Pin(RunningTotal total, MetricsBatch batch)
    {
        total.InFlight++;
        batch.Totals.Add(total);
    }

    private async ValueTask<IReadOnlyList<RunningTotal>> LoadAsync((string Name, string Service) metric, DeltaPoint delta, long now, CancellationToken cancel)
    {
        try
        {
            return delta.Bounds is not null
                ? await stored.ClassicAsync(metric.Name, metric.Service, now, delta.End, cancel).ConfigureAwait(false)
                : await stored.PlainAsync(metric.Name, metric.Service, now, delta.End, cancel).ConfigureAwait(false);
        }
        catch (PromqlException)
        {
            // Too much to read within the limits of a query. A new count from 0 is a reset, which every rate understands.
            return [];
        }
    }

    private void Add(in DeltaPoint delta, Dictionary<Labels, RunningTotal>? loaded, MetricsBatch batch)
    {
        var total = Find(delta.Series.Labels);
        if (total is null && loaded?.GetValueOrDefault(delta.Series.Labels) is { } stored) Keep(total = stored);
        if (total is not null && delta.End <= total.End)
        {
            if (delta.End == total.End && (total.Start < 0 || (total.Start == delta.Start && total.Last.Equals(Amount(delta))))) OtlpTelemetry.DeltaRepeated();
            else batch.Reject(delta.Family, new PointFault("delta-out-of-order", $"a delta ends at {delta.End}, but deltas up to {total.End} (Unix ms) are added up already"));
            return;
        }
        bool isNew = total?.Takes(delta) != true;
        if (isNew) Keep(total = NewTotal(delta));
        Bridge(total!, delta, isNew, batch);
        AddTo(total!, delta, batch);
        (total!.Start, total.End, total.Last) = (delta.Start, delta.End, Amount(delta));
        Pin(total, batch);
    }

    private static double Amount(in DeltaPoint delta) => delta.Histogram is { } histogram ? histogram.Count : delta.Bounds is null ? delta.Value : delta.Count;

    private static RunningTotal NewTotal(in DeltaPoint delta) => new(delta.Series.Labels)
    {
        Bounds = delta.Bounds,
        Below = delta.Bounds is null ? [] : new double[delta.Bounds.Length + 1],
        Native = delta.Histogram is null ? null : PointWriter.Nothing(delta.Histogram),
    };

    // The total of before, written where the interval begins.
    private void Bridge(RunningTotal total, in DeltaPoint delta, bool isNew, MetricsBatch batch)
    {
        if (delta.Start <= 0 || delta.Start >= delta.End) return;
        if (!isNew && delta.Start - total.End < SmallestGap) return;
        long start = isNew ? Math.Max(delta.Start, delta.End - _startWindow) : delta.Start;
        if (total.Native is { } native) batch.AddDerived(total.Series, start, native);
        else if (total.Bounds is not null) WriteClassic(total, delta, start, MetricsBatch.NoPoint, batch);
        // An up-down counter's first delta changes a level that nobody has told.
        else if (!isNew || delta.Family.Metadata.Type == "counter") batch.AddDerived(total.Series, start, total.Value);
    }

    private static void AddTo(RunningTotal total, in DeltaPoint delta, MetricsBatch batch)
    {
        if (delta.Histogram is { } histogram)
        {
            total.Native = Histogram.Merge(total.Native!, histogram);
            batch.Add(total.Series, delta.End, total.Native, delta.Point);
            return;
        }
        total.Value += delta.Value;
        if (delta.Bounds is null)
        {
            batch.Add(total.Series, delta.End, total.Value, delta.Point);
            return;
        }
        total.Count += delta.Count;
        double below = 0;
        for (int i = 0; i < total.Below.Length; i++) total.Below[i] += below += batch.DeltaCounts[delta.CountsAt + i];
        WriteClassic(total, delta, delta.End, delta.Point, batch);
    }

    private static void WriteClassic(RunningTotal total, in DeltaPoint delta, long time, int point, MetricsBatch batch)
    {
        if (!double.IsNaN(total.Value)) batch.Add(delta.Series.Sum, time, total.Value, point);
        batch.Add(delta.Series.Count, time, total.Count, point);
        var buckets = delta.Series.Buckets(delta.Bounds);
        for (int i = 0; i < buckets.Length; i++) batch.Add(buckets[i], time, total.Below[i], point);
    }

    private RunningTotal? Find(Labels series)
    {
        if (_young.TryGetValue(series, out var total)) return total;
        if (!_old.Remove(series, out total)) return null;
        Keep(total);
        return total;
    }

    // Two generations: what was not touched while the younger one filled up is dropped with the older one.
    private void Keep(RunningTotal total)
    {
        if (_young.Count >= Math.Max(1, options.MaxDeltaSeries / 2))
        {
            var dropped = _old;
            (_old, _young) = (_young, []);
            // The dropped ones are read from the store when they are needed again.
            if (dropped.Count > 0) _takenUp.Clear();
            foreach (var busy in dropped.Values)
                if (busy.InFlight > 0)
                    _old.TryAdd(busy.Series, busy);
        }
        _young[total.Series] = total;
    }
}
