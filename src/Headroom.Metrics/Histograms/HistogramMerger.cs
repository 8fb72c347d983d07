namespace Headroom.Metrics.Histograms;

/// <summary>
/// Merges many histograms without allocating per histogram once its memory has grown. The result is what repeated
/// <see cref="Histogram.Merge(Histogram, Histogram)"/> gives. Not safe for several threads at once.
/// </summary>
public sealed class HistogramMerger
{
    private readonly Side _positive = new();
    private readonly Side _negative = new();
    private int _scale;
    private double _zeroThreshold;
    private double _zeroCount;
    private double _count;
    private double _sum;
    private double[]? _customBounds;
    private ResetHint _reset;

    /// <summary>How many histograms were added.</summary>
    public int Added { get; private set; }

    /// <summary>How often the scale was lowered because more than <see cref="HistogramRecorder.MaxBuckets"/> were populated.</summary>
    public int TimesDownscaled { get; private set; }

    /// <summary>Adds a histogram.</summary>
    /// <exception cref="ArgumentException">Its custom bounds differ from those added before.</exception>
    public void Add(Histogram histogram)
    {
        if (Added == 0) Start(histogram);
        else if (!SameBounds(histogram)) throw new ArgumentException("histograms with different custom bounds cannot be merged", nameof(histogram));
        else _reset = Histogram.MergeHints(_reset, histogram.Reset);

        if (_customBounds is null) Align(ref histogram);
        _positive.Add(histogram.Positive);
        _negative.Add(histogram.Negative);
        _zeroCount += histogram.ZeroCount;
        _count += histogram.Count;
        _sum += histogram.Sum;
        Added++;
        while (_positive.Length + _negative.Length > HistogramRecorder.MaxBuckets && _customBounds is null && _scale > ExponentialBuckets.MinScale)
        {
            Coarsen(1);
            FoldIntoZero(Histogram.RaiseZeroThreshold(_zeroThreshold, _scale, _positive.Indexes, _negative.Indexes));
            TimesDownscaled++;
        }
    }

    /// <summary>Everything added so far, as an immutable histogram; an empty one at scale 6 when nothing was.</summary>
    public Histogram ToHistogram() => new()
    {
        Scale = Added == 0 ? ExponentialBuckets.RecordingScale : _scale,
        ZeroThreshold = _zeroThreshold,
        ZeroCount = _zeroCount,
        Count = _count,
        Sum = _sum,
        Positive = _positive.ToBuckets(),
        Negative = _negative.ToBuckets(),
        CustomBounds = _customBounds,
        Reset = _reset,
    };

    /// <summary>Forgets everything and keeps the memory.</summary>
    public void Clear()
    {
        _positive.Clear();
        _negative.Clear();
        (_zeroThreshold, _zeroCount, _count, _sum, _customBounds) = (0, 0, 0, 0, null);
        (Added, TimesDownscaled, _reset) = (0, 0, ResetHint.Unknown);
    }

    private void Start(Histogram first)
    {
        (_scale, _zeroThreshold, _customBounds, _reset) = (first.Scale, first.ZeroThreshold, first.CustomBounds, first.Reset);
    }

    private bool SameBounds(Histogram other) =>
        _customBounds is null ? other.CustomBounds is null
        : other.CustomBounds is not null && _customBounds.AsSpan().SequenceEqual(other.CustomBounds);

    /// <summary>Brings both to the lower scale and the greater zero threshold.</summary>
    private void Align(ref Histogram histogram)
    {
        if (histogram.Scale > _scale) histogram = histogram.AtScale(_scale);
        else if (histogram.Scale < _scale) Coarsen(_scale - histogram.Scale);

        double threshold = Math.Max(histogram.ZeroThreshold, _zeroThreshold);
        threshold = Math.Max(
            Histogram.RaiseZeroThreshold(threshold, _scale, histogram.Positive.Indexes, histogram.Negative.Indexes),
            Histogram.RaiseZeroThreshold(threshold, _scale, _positive.Indexes, _negative.Indexes));
        histogram = histogram.FoldIntoZero(threshold);
        FoldIntoZero(threshold);
    }

    private void FoldIntoZero(double threshold)
    {
        if (threshold == _zeroThreshold) return;
        int first = Histogram.FirstAbove(threshold, _scale);
        _zeroCount += _positive.RemoveBelow(first) + _negative.RemoveBelow(first);
        _zeroThreshold = threshold;
    }

    private void Coarsen(int by)
    {
        _positive.Coarsen(by);
        _negative.Coarsen(by);
        _scale -= by;
    }

    /// <summary>Sorted buckets of one sign in two buffers that swap roles with each addition.</summary>
    private sealed class Side
    {
        private int[] _indexes = [];
        private double[] _counts = [];
        private int[] _nextIndexes = [];
        private double[] _nextCounts = [];

        public int Length { get; private set; }

        public ReadOnlySpan<int> Indexes => _indexes.AsSpan(0, Length);

        public void Add(Buckets other)
        {
            if (other.Indexes.Length == 0 || AddInPlace(other)) return;
            int needed = Length + other.Indexes.Length;
            if (_nextIndexes.Length < needed)
            {
                _nextIndexes = new int[Math.Max(needed, 2 * _nextIndexes.Length)];
                _nextCounts = new double[_nextIndexes.Length];
            }
            Length = BucketArithmetic.Combine(Indexes, _counts.AsSpan(0, Length), other.Indexes, other.Counts, 1, _nextIndexes, _nextCounts);
            (_indexes, _nextIndexes) = (_nextIndexes, _indexes);
            (_counts, _nextCounts) = (_nextCounts, _counts);
        }

        public double RemoveBelow(int first)
        {
            double removed = 0;
            int kept = 0;
            while (kept < Length && _indexes[kept] < first) removed += _counts[kept++];
            Array.Copy(_indexes, kept, _indexes, 0, Length - kept);
            Array.Copy(_counts, kept, _counts, 0, Length - kept);
            Length -= kept;
            return removed;
        }

        public void Coarsen(int by)
        {
            int used = 0;
            for (int i = 0; i < Length; i++)
            {
                int index = _indexes[i] >> by;
                if (used > 0 && _indexes[used - 1] == index) _counts[used - 1] += _counts[i];
                else (_indexes[used], _counts[used++]) = (index, _counts[i]);
            }
            Length = used;
        }

        public void Clear() => Length = 0;

        public Buckets ToBuckets() => Length == 0 ? Buckets.Empty : new Buckets(_indexes[..Length], _counts[..Length]);

        /// <summary>
        /// After a few histograms of one kind their buckets are all known, and nothing has to move. False, with nothing
        /// added, when a bucket is not there yet.
        /// </summary>
        private bool AddInPlace(Buckets other)
        {
            int at = 0;
            for (int i = 0; i < other.Indexes.Length; i++)
            {
                while (at < Length && _indexes[at] < other.Indexes[i]) at++;
                if (at == Length || _indexes[at] != other.Indexes[i]) return false;
            }
            at = 0;
            for (int i = 0; i < other.Indexes.Length; i++)
            {
                while (_indexes[at] < other.Indexes[i]) at++;
                _counts[at] += other.Counts[i];
            }
            return true;
        }
    }
}
