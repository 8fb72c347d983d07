namespace Headroom.Metrics.Histograms;

/// <remarks>
/// Two histograms are equal when they say the same: same scale, zero bucket, count, sum (bit for bit, so that stale
/// markers are equal to each other and to nothing else) and populated buckets. Absent and zero counts are the same.
/// <see cref="Reset"/> speaks about the neighbours in a series and not about the value; it takes no part.
/// </remarks>
public sealed partial class Histogram : IEquatable<Histogram>
{
    /// <inheritdoc/>
    public bool Equals(Histogram? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || !CanMerge(this, other)) return false;
        return (CustomBounds is not null || (Scale == other.Scale && ZeroThreshold.Equals(other.ZeroThreshold) && ZeroCount.Equals(other.ZeroCount)))
            && Count.Equals(other.Count)
            && BitConverter.DoubleToInt64Bits(Sum) == BitConverter.DoubleToInt64Bits(other.Sum)
            && Same(Positive, other.Positive) && Same(Negative, other.Negative);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Histogram);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, BitConverter.DoubleToInt64Bits(Sum), CustomBounds?.Length ?? Scale);

    private static bool Same(Buckets a, Buckets b)
    {
        (a, b) = (a.WithoutZeros(), b.WithoutZeros());
        return a.Indexes.AsSpan().SequenceEqual(b.Indexes) && a.Counts.AsSpan().SequenceEqual(b.Counts);
    }
}
