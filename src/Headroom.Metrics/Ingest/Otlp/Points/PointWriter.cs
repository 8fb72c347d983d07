using Headroom.Metrics.Histograms;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>Turns data points into samples, histograms, deltas and exemplars of a batch.</summary>
internal sealed class PointWriter(OtlpOptions options, SeriesResolver resolver)
{
    // Half of PromQL's look-back, as Prometheus: so that target_info is found wherever the points are.
    private const long TargetInfoInterval = 150_000;
    private const int MaxTargetInfoSamples = 1000;

    private static readonly Histogram StaleHistogram = new() { Sum = StaleMarker.Value };

    private readonly ExplicitPoint _explicit = new(options.MaxExplicitBounds);
    private readonly ExponentialPoint _exponential = new(options.MaxExponentialBuckets);
    private readonly SummaryPoint _summary = new();
    private readonly List<Attribute> _scratch = [];
    private readonly long _startWindow = (long)options.StartWindow.TotalMilliseconds;
    private long _earliest;
    private long _latest;

    /// <summary>Begins the points of a resource.</summary>
    public void BeginResource() => (_earliest, _latest) = (long.MaxValue, long.MinValue);

    /// <summary>Writes <c>target_info</c> over the time that the resource's points span.</summary>
    public void EndResource(Resource resource, MetricsBatch batch)
    {
        if (resource.TargetInfo is not { } info || _latest == long.MinValue) return;
        long first = Math.Max(_earliest, _latest - MaxTargetInfoSamples * TargetInfoInterval);
        for (long time = first; time < _latest; time += TargetInfoInterval) batch.AddDerived(info, time, 1);
        batch.AddDerived(info, _latest, 1);
    }

    /// <summary>Reads one data point and adds what it comes to.</summary>
    public PointFault Write(ReadOnlySpan<byte> point, in MetricHeader metric, MetricFamily family, MetricsBatch batch) => metric.Kind switch
    {
        MetricKind.Gauge or MetricKind.Sum => Number(point, metric, family, batch),
        MetricKind.Histogram => Explicit(point, metric, family, batch),
        MetricKind.Exponential => Exponential(point, metric, family, batch),
        _ => Summary(point, family, batch),
    };

    private PointFault Number(ReadOnlySpan<byte> bytes, in MetricHeader metric, MetricFamily family, MetricsBatch batch)
    {
        if (!NumberPoint.TryRead(bytes, out var point)) return PointFault.Damaged("a data point");
        var fault = Begin(point.Header, bytes, NumberPoint.AttributesField, family, out var series);
        if (!fault.IsNone) return fault;
        ref var header = ref point.Header;
        if (header.IsStale)
        {
            batch.Add(series.Labels, header.Time, StaleMarker.Value);
            return default;
        }
        if (!point.HasValue) return new PointFault("no-value", "the data point has no value");
        if (metric.Kind == MetricKind.Sum && metric.Temporality == Temporality.Delta)
        {
            if (!double.IsFinite(point.Value)) return new PointFault("not-finite", "a delta that is not finite cannot be added up");
            if (metric.IsMonotonic && point.Value < 0) return new PointFault("negative-delta", "a delta of a monotonic sum is negative");
            batch.Deltas.Add(new DeltaPoint { Family = family, Series = series, Point = batch.Points - 1, Start = header.Start, End = header.Time, Value = point.Value });
        }
        else
        {
            if (metric.IsCounter && StartsAnew(series, header)) batch.AddDerived(series.Labels, header.Start, 0);
            batch.Add(series.Labels, header.Time, point.Value);
        }
        Exemplars(bytes, NumberPoint.ExemplarsField, header, series.Labels, default, default, batch);
        return default;
    }

    private PointFault Explicit(ReadOnlySpan<byte> bytes, in MetricHeader metric, MetricFamily family, MetricsBatch batch)
    {
        if (!_explicit.TryRead(bytes, out var header)) return PointFault.Damaged("a data point");
        var fault = Begin(header, bytes, ExplicitPoint.AttributesField, family, out var series);
        if (fault.IsNone && !header.IsStale) fault = _explicit.Check();
        if (!fault.IsNone) return fault;
        if (options.Histograms == ExplicitHistograms.Native)
            return Native(bytes, ExplicitPoint.ExemplarsField, header, header.IsStale ? StaleHistogram : _explicit.ToHistogram(), metric, family, series, batch);

        var buckets = series.Buckets(header.IsStale && _explicit.Bounds.IsEmpty ? series.Bounds : _explicit.Bounds);
        if (header.IsStale)
        {
            batch.Add(series.Sum, header.Time, StaleMarker.Value);
            batch.Add(series.Count, header.Time, StaleMarker.Value);
            foreach (var bucket in buckets) batch.Add(bucket, header.Time, StaleMarker.Value);
            return default;
        }
        if (metric.Temporality == Temporality.Delta)
        {
            if (_explicit.HasSum && !double.IsFinite(_explicit.Sum)) return new PointFault("not-finite", "a histogram's sum that is not finite cannot be added up");
            batch.Deltas.Add(new DeltaPoint
            {
                Family = family, Series = series, Point = batch.Points - 1, Start = header.Start, End = header.Time,
                Value = _explicit.HasSum ? _explicit.Sum : double.NaN, Count = _explicit.Count, Bounds = series.BoundsArray, CountsAt = batch.DeltaCounts.Count,
            });
            if (_explicit.Counts.IsEmpty) batch.DeltaCounts.Add(_explicit.Count);
            foreach (ulong count in _explicit.Counts) batch.DeltaCounts.Add(count);
        }
        else
        {
            if (StartsAnew(series, header)) ClassicStart(series, header.Start, buckets, batch);
            if (_explicit.HasSum) batch.Add(series.Sum, header.Time, _explicit.Sum);
            batch.Add(series.Count, header.Time, _explicit.Count);
            ulong below = 0;
            for (int i = 0; i < buckets.Length - 1; i++) batch.Add(buckets[i], header.Time, below += _explicit.Counts[i]);
            batch.Add(buckets[^1], header.Time, _explicit.Count);
        }
        Exemplars(bytes, ExplicitPoint.ExemplarsField, header, series.Count, _explicit.Bounds, buckets, batch);
        return default;
    }

    private PointFault Exponential(ReadOnlySpan<byte> bytes, in MetricHeader metric, MetricFamily family, MetricsBatch batch)
    {
        if (!_exponential.TryRead(bytes, out var header)) return PointFault.Damaged("a data point");
        var fault = Begin(header, bytes, ExponentialPoint.AttributesField, family, out var series);
        if (!fault.IsNone) return fault;
        var histogram = StaleHistogram;
        if (!header.IsStale)
        {
            fault = _exponential.ToHistogram(out histogram, out bool lowered);
            if (!fault.IsNone) return fault;
            if (lowered) OtlpTelemetry.HistogramLowered();
        }
        return Native(bytes, ExponentialPoint.ExemplarsField, header, histogram, metric, family, series, batch);
    }

    private PointFault Native(ReadOnlySpan<byte> bytes, int exemplarsField, in PointHeader header, Histogram histogram, in MetricHeader metric, MetricFamily family, PointSeries series, MetricsBatch batch)
    {
        if (metric.Temporality == Temporality.Delta && !header.IsStale)
        {
            batch.Deltas.Add(new DeltaPoint { Family = family, Series = series, Point = batch.Points - 1, Start = header.Start, End = header.Time, Histogram = histogram });
        }
        else
        {
            if (!header.IsStale && StartsAnew(series, header)) batch.AddDerived(series.Labels, header.Start, Nothing(histogram));
            batch.Add(series.Labels, header.Time, histogram, batch.Points - 1);
        }
        Exemplars(bytes, exemplarsField, header, series.Labels, default, default, batch);
        return default;
    }

    private PointFault Summary(ReadOnlySpan<byte> bytes, MetricFamily family, MetricsBatch batch)
    {
        if (!_summary.TryRead(bytes, out var header)) return PointFault.Damaged("a data point");
        var fault = Begin(header, bytes, SummaryPoint.AttributesField, family, out var series);
        if (fault.IsNone) fault = _summary.Check(options.MaxExplicitBounds);
        if (!fault.IsNone) return fault;
        bool stale = header.IsStale;
        var quantiles = series.Quantiles(stale && _summary.Quantiles.IsEmpty ? series.Bounds : _summary.Quantiles);
        batch.Add(series.Sum, header.Time, stale ? StaleMarker.Value : _summary.Sum);
        batch.Add(series.Count, header.Time, stale ? StaleMarker.Value : _summary.Count);
        for (int i = 0; i < quantiles.Length; i++) batch.Add(quantiles[i], header.Time, stale ? StaleMarker.Value : _summary.Values[i]);
        return default;
    }

    /// <summary>An empty histogram of the same kind.</summary>
    internal static Histogram Nothing(Histogram like) => new() { Scale = like.Scale, ZeroThreshold = like.ZeroThreshold, CustomBounds = like.CustomBounds };

    /// <summary>The zeros from which a classic histogram counts.</summary>
    internal static void ClassicStart(PointSeries series, long start, ReadOnlySpan<Labels> buckets, MetricsBatch batch)
    {
        batch.AddDerived(series.Sum, start, 0);
        batch.AddDerived(series.Count, start, 0);
        foreach (var bucket in buckets) batch.AddDerived(bucket, start, 0);
    }

    private PointFault Begin(in PointHeader header, ReadOnlySpan<byte> bytes, int attributesField, MetricFamily family, out PointSeries series)
    {
        series = null!;
        var fault = header.CheckTime();
        if (fault.IsNone) fault = resolver.FindSeries(family, header, bytes, attributesField, out series);
        if (!fault.IsNone) return fault;
        _earliest = Math.Min(_earliest, header.Time);
        _latest = Math.Max(_latest, header.Time);
        return default;
    }

    // A count whose start is another than the last point's began anew there: at 0. One that began long ago began, as far as
    // is known here, in the middle of its life.
    private bool StartsAnew(PointSeries series, in PointHeader header)
    {
        long start = header.Start;
        if (start == 0 || start == series.Start) return false;
        series.Start = start;
        return start < header.Time && header.Time - start <= _startWindow;
    }

    private void Exemplars(ReadOnlySpan<byte> bytes, int field, in PointHeader header, Labels series, ReadOnlySpan<double> bounds, ReadOnlySpan<Labels> buckets, MetricsBatch batch)
    {
        if (!header.HasExemplars) return;
        int kept = 0;
        var reader = new ProtobufReader(bytes);
        while (kept < options.MaxExemplarsPerPoint && reader.Next())
        {
            if (reader.Field != field || reader.Type != WireType.LengthDelimited) continue;
            if (!ExemplarReader.TryRead(reader.Bytes, _scratch, out var labels, out double value, out long time)) continue;
            batch.Request.Exemplars.Add(new Exemplar(buckets.IsEmpty ? series : BucketOf(value, bounds, buckets), labels, value, time));
            kept++;
        }
    }

    private static Labels BucketOf(double value, ReadOnlySpan<double> bounds, ReadOnlySpan<Labels> buckets)
    {
        for (int i = 0; i < bounds.Length; i++)
            if (value <= bounds[i])
                return buckets[i];
        return buckets[^1];
    }
}
