namespace Headroom.Metrics.Histograms;

public sealed partial class Histogram
{
    /// <summary>
    /// The histogram of everything in <paramref name="a"/> and <paramref name="b"/>: the lower of both scales, the
    /// greater zero threshold, counts added. Counts are exact, and the order of merging does not matter to them as long as
    /// they are whole numbers below 2^53; sums are floating-point sums. More than <see cref="HistogramRecorder.MaxBuckets"/>
    /// buckets lower the scale.
    /// </summary>
    /// <exception cref="ArgumentException">The custom bounds of the two differ; see <see cref="CanMerge"/>.</exception>
    public static Histogram Merge(Histogram a, Histogram b)
    {
        RequireMergeable(a, b);
        return Limit(Combine(a, b, 1));
    }

    /// <summary>
    /// The histogram of everything in all of <paramref name="histograms"/>; an empty one at scale 6 when there are none.
    /// </summary>
    /// <exception cref="ArgumentException">Custom bounds differ.</exception>
    public static Histogram Merge(IEnumerable<Histogram> histograms)
    {
        var merger = new HistogramMerger();
        foreach (var histogram in histograms) merger.Add(histogram);
        return merger.ToHistogram();
    }

    /// <summary>Whether two histograms can be merged: both are exponential, or both have the same custom bounds.</summary>
    public static bool CanMerge(Histogram a, Histogram b) =>
        a.CustomBounds is null ? b.CustomBounds is null
        : b.CustomBounds is not null && a.CustomBounds.AsSpan().SequenceEqual(b.CustomBounds);

    /// <summary>
    /// What a cumulative histogram gained since an earlier one of the same series: later − earlier, at the lower of both
    /// scales. Null when some count went down, that is, when the series was reset between the two.
    /// </summary>
    /// <exception cref="ArgumentException">The custom bounds of the two differ.</exception>
    public static Histogram? Subtract(Histogram later, Histogram earlier)
    {
        RequireMergeable(later, earlier);
        var gained = Combine(later, earlier, -1);
        bool reset = gained.Count < 0 || gained.ZeroCount < 0
            || Array.Exists(gained.Positive.Counts, count => count < 0) || Array.Exists(gained.Negative.Counts, count => count < 0);
        return reset ? null : gained;
    }

    /// <summary>
    /// The same data at a lower scale; exact, because each bucket of the lower scale is a whole number of buckets of the
    /// higher ("perfect subsetting").
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scale"/> is above the present one or below -4.</exception>
    /// <exception cref="InvalidOperationException">The histogram has custom bounds, hence no scale.</exception>
    public Histogram Downscale(int scale)
    {
        if (CustomBounds is not null) throw new InvalidOperationException("a histogram with custom bounds has no scale to lower");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, Scale);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, ExponentialBuckets.MinScale);
        return scale == Scale ? this : AtScale(scale);
    }

    internal Histogram AtScale(int scale) => With(scale, ZeroThreshold, ZeroCount, Positive.Coarsen(Scale - scale), Negative.Coarsen(Scale - scale));

    /// <summary>
    /// The upper bound of the populated bucket that a zero threshold cuts through, or the threshold itself when it cuts
    /// none. A bucket cannot be split, so the threshold is raised to its end (OpenTelemetry data model, "zero threshold").
    /// </summary>
    internal static double RaiseZeroThreshold(double threshold, int scale, ReadOnlySpan<int> positive, ReadOnlySpan<int> negative)
    {
        if (threshold == 0) return 0;
        int index = ExponentialBuckets.IndexByBounds(threshold, scale);
        double upper = ExponentialBuckets.UpperBound(index, scale);
        bool cuts = threshold < upper && (positive.BinarySearch(index) >= 0 || negative.BinarySearch(index) >= 0);
        return cuts ? upper : threshold;
    }

    /// <summary>The first bucket that lies wholly above a zero threshold.</summary>
    internal static int FirstAbove(double threshold, int scale) =>
        threshold == 0 ? int.MinValue : ExponentialBuckets.IndexByBounds(threshold, scale) + 1;

    private static void RequireMergeable(Histogram a, Histogram b)
    {
        if (!CanMerge(a, b)) throw new ArgumentException("histograms with different custom bounds cannot be merged", nameof(b));
    }

    private static Histogram Combine(Histogram a, Histogram b, double sign)
    {
        int scale = Math.Min(a.Scale, b.Scale);
        if (a.CustomBounds is null)
        {
            (a, b) = (a.AtScale(scale), b.AtScale(scale));
            double threshold = Math.Max(a.ZeroThreshold, b.ZeroThreshold);
            threshold = Math.Max(
                RaiseZeroThreshold(threshold, scale, a.Positive.Indexes, a.Negative.Indexes),
                RaiseZeroThreshold(threshold, scale, b.Positive.Indexes, b.Negative.Indexes));
            (a, b) = (a.FoldIntoZero(threshold), b.FoldIntoZero(threshold));
        }
        return new Histogram
        {
            Scale = scale,
            ZeroThreshold = a.ZeroThreshold,
            ZeroCount = a.ZeroCount + sign * b.ZeroCount,
            Count = a.Count + sign * b.Count,
            Sum = a.Sum + sign * b.Sum,
            Positive = BucketArithmetic.Combine(a.Positive, b.Positive, sign),
            Negative = BucketArithmetic.Combine(a.Negative, b.Negative, sign),
            CustomBounds = a.CustomBounds,
            Reset = MergeHints(a.Reset, b.Reset),
        };
    }

    internal static ResetHint MergeHints(ResetHint a, ResetHint b) =>
        a == b ? a : a == ResetHint.Gauge || b == ResetHint.Gauge ? ResetHint.Gauge : ResetHint.Unknown;

    internal Histogram FoldIntoZero(double threshold)
    {
        if (threshold == ZeroThreshold) return this;
        int first = FirstAbove(threshold, Scale);
        var positive = Positive.From(first, out double small);
        var negative = Negative.From(first, out double smallNegative);
        return With(Scale, threshold, ZeroCount + small + smallNegative, positive, negative);
    }

    private static Histogram Limit(Histogram histogram)
    {
        while (histogram.Positive.Indexes.Length + histogram.Negative.Indexes.Length > HistogramRecorder.MaxBuckets
            && histogram.CustomBounds is null && histogram.Scale > ExponentialBuckets.MinScale)
        {
            histogram = histogram.AtScale(histogram.Scale - 1);
            histogram = histogram.FoldIntoZero(
                RaiseZeroThreshold(histogram.ZeroThreshold, histogram.Scale, histogram.Positive.Indexes, histogram.Negative.Indexes));
        }
        return histogram;
    }

    private Histogram With(int scale, double zeroThreshold, double zeroCount, Buckets positive, Buckets negative) => new()
    {
        Scale = scale,
        ZeroThreshold = zeroThreshold,
        ZeroCount = zeroCount,
        Count = Count,
        Sum = Sum,
        Positive = positive,
        Negative = negative,
        CustomBounds = CustomBounds,
        Reset = Reset,
    };
}
