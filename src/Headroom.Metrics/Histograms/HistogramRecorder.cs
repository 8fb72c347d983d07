using System.Runtime.CompilerServices;

namespace Headroom.Metrics.Histograms;

/// <summary>
/// Collects values into a <see cref="Histogram"/> at scale 6. Not safe for several threads at once: give each its own
/// recorder and merge. Recording into a bucket already populated allocates nothing.
/// </summary>
/// <remarks>
/// Infinite values and NaN are not recorded, as OpenTelemetry's SDK specification asks, because no bucket holds them;
/// <see cref="NotRecorded"/> counts them. Zero (of either sign) counts in the zero bucket, whose threshold is 0;
/// negative values count by magnitude, subnormal ones in buckets of their own.
/// </remarks>
public sealed class HistogramRecorder
{
    /// <summary>How many buckets, of both signs together, a histogram may populate before its scale is lowered.</summary>
    public const int MaxBuckets = 4096;

    private readonly BucketTable _positive = new();
    private BucketTable? _negative;
    private long _zeroCount;
    private int _coarser;

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the values recorded; infinite when it exceeds the range of a double.</summary>
    public double Sum { get; private set; }

    /// <summary>The smallest value recorded, exactly; NaN when there is none.</summary>
    public double Min { get; private set; } = double.NaN;

    /// <summary>The largest value recorded, exactly; NaN when there is none.</summary>
    public double Max { get; private set; } = double.NaN;

    /// <summary>Infinite and NaN values that were offered and not recorded.</summary>
    public long NotRecorded { get; private set; }

    /// <summary>Resolution now: 6, less one for each time the buckets were too many.</summary>
    public int Scale => ExponentialBuckets.RecordingScale - _coarser;

    /// <summary>How often the scale was lowered because more than <see cref="MaxBuckets"/> were populated.</summary>
    public int TimesDownscaled => _coarser;

    /// <summary>Records a value once. False when it is infinite or NaN, and so was only counted in <see cref="NotRecorded"/>.</summary>
    public bool Record(double value) => Record(value, 1);

    /// <summary>Records a value several times. False when it is infinite or NaN.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public bool Record(double value, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (!double.IsFinite(value))
        {
            NotRecorded += count;
            return false;
        }
        if (value == 0)
        {
            _zeroCount += count;
        }
        else
        {
            var table = value > 0 ? _positive : _negative ??= new BucketTable();
            int index = ExponentialBuckets.IndexAtRecordingScale(Math.Abs(value)) >> _coarser;
            if (!table.TryIncrement(index, count)) AddBucket(table, index, count);
        }
        Count += count;
        Sum += value * count;
        // Written so that the first value replaces NaN.
        if (!(value >= Min)) Min = value;
        if (!(value <= Max)) Max = value;
        return true;
    }

    /// <summary>What was recorded so far, as an immutable histogram.</summary>
    public Histogram ToHistogram() => new()
    {
        Scale = Scale,
        Count = Count,
        Sum = Sum,
        ZeroCount = _zeroCount,
        Positive = _positive.ToBuckets(),
        Negative = _negative?.ToBuckets() ?? Buckets.Empty,
    };

    /// <summary>Forgets everything and keeps the memory; the scale is 6 again.</summary>
    public void Clear()
    {
        _positive.Clear();
        _negative?.Clear();
        (_zeroCount, _coarser, Count, Sum, NotRecorded) = (0, 0, 0, 0, 0);
        Min = Max = double.NaN;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddBucket(BucketTable table, int index, long count)
    {
        while (_positive.Used + (_negative?.Used ?? 0) >= MaxBuckets)
        {
            _positive.Halve();
            _negative?.Halve();
            _coarser++;
            index >>= 1;
            if (table.TryIncrement(index, count)) return;
        }
        table.Insert(index, count);
    }
}
