using Headroom.Metrics.PromQL.Output;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// The series of one set of attributes of a metric: one for a number or a native histogram, several for what becomes
/// classic series (<c>_sum</c>, <c>_count</c>, and one for each bucket or quantile). Used by one decoder at a time.
/// </summary>
internal sealed class PointSeries(Labels labels)
{
    private double[] _bounds = [];
    private Labels[] _parts = [];
    private Labels? _sum;
    private Labels? _count;

    /// <summary>The series by the metric's own name.</summary>
    public Labels Labels { get; } = labels;

    /// <summary>Start of the count that the last point belonged to, Unix milliseconds; 0 before the first.</summary>
    public long Start { get; set; }

    public Labels Sum => _sum ??= Labels.With(Labels.MetricName, Labels.Name + "_sum");

    public Labels Count => _count ??= Labels.With(Labels.MetricName, Labels.Name + "_count");

    /// <summary>Bounds or quantiles of the last point.</summary>
    public ReadOnlySpan<double> Bounds => _bounds;

    /// <summary>The same, in the array that is kept as long as they do not change.</summary>
    public double[] BoundsArray => _bounds;

    /// <summary>The bucket series of a histogram with these bounds, the one of +Inf last.</summary>
    public ReadOnlySpan<Labels> Buckets(ReadOnlySpan<double> bounds)
    {
        if (_parts.Length > 0 && bounds.SequenceEqual(_bounds)) return _parts;
        var bucket = Labels.With(Labels.MetricName, Labels.Name + "_bucket");
        var parts = new Labels[bounds.Length + 1];
        for (int i = 0; i < bounds.Length; i++) parts[i] = bucket.With("le", GoFloat.Plain(bounds[i]));
        parts[^1] = bucket.With("le", "+Inf");
        (_bounds, _parts) = (bounds.ToArray(), parts);
        return parts;
    }

    /// <summary>The quantile series of a summary.</summary>
    public ReadOnlySpan<Labels> Quantiles(ReadOnlySpan<double> quantiles)
    {
        if (quantiles.SequenceEqual(_bounds)) return _parts;
        var parts = new Labels[quantiles.Length];
        for (int i = 0; i < parts.Length; i++) parts[i] = Labels.With("quantile", GoFloat.Plain(quantiles[i]));
        (_bounds, _parts) = (quantiles.ToArray(), parts);
        return parts;
    }
}
