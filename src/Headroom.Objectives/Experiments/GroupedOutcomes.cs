using Headroom.Metrics.Histograms;

namespace Headroom.Objectives.Experiments;

/// <summary>
/// The outcomes of one variant and metric, a distribution for each group of users. Estimates come with variances from the
/// spread between groups (linearised, as in cluster sampling), which hold also when one user has many outcomes.
/// </summary>
public sealed class GroupedOutcomes
{
    private readonly Histogram?[] _groups;
    private readonly Histogram? _all;

    /// <summary>Takes the distributions; groups without outcomes are null.</summary>
    public GroupedOutcomes(IReadOnlyList<Histogram?> groups)
    {
        _groups = [.. groups];
        var filled = _groups.Where(g => g is { Count: > 0 }).Select(g => g!).ToList();
        Populated = filled.Count;
        if (filled.Count > 0) _all = Histogram.Merge(filled);
    }

    /// <summary>Number of outcomes.</summary>
    public double Count => _all?.Count ?? 0;

    /// <summary>Groups with at least one outcome.</summary>
    public int Populated { get; }

    /// <summary>Their mean; NaN without outcomes.</summary>
    public double Mean => _all is { Count: > 0 } all ? all.Sum / all.Count : double.NaN;

    /// <summary>A quantile by nearest rank, at most 0.542% off; NaN without outcomes.</summary>
    public double Quantile(double q) => _all?.Quantile(q) ?? double.NaN;

    /// <summary>Outcomes of a group.</summary>
    public double CountOf(int group) => _groups[group]?.Count ?? 0;

    /// <summary>The mean or a quantile, with its variance; NaN variance when fewer than two groups have outcomes.</summary>
    public Estimate Of(double? quantile) => quantile is { } q ? QuantileEstimate(q) : MeanEstimate();

    private Estimate MeanEstimate()
    {
        double mean = Mean;
        return new Estimate(mean, Variance(group => group.Sum - mean * group.Count));
    }

    // Woodruff's way (1952): the error of the share at the quantile, carried back through the distribution.
    private Estimate QuantileEstimate(double q)
    {
        if (_all is not { Count: > 0 } all) return new Estimate(double.NaN, double.NaN);
        double value = all.Quantile(q);
        double error = Math.Sqrt(Variance(group => ShareUpTo(group, value) * group.Count - ShareUpTo(all, value) * group.Count));
        if (double.IsNaN(error)) return new Estimate(value, double.NaN);
        double low = Interpolated(all, Math.Max(0, q - error)), high = Interpolated(all, Math.Min(1, q + error));
        double half = (high - low) / 2;
        return new Estimate(Interpolated(all, q), half * half);
    }

    private double Variance(Func<Histogram, double> deviation)
    {
        if (Populated < 2) return double.NaN;
        double squares = 0;
        foreach (var group in _groups)
        {
            if (group is not { Count: > 0 }) continue;
            double d = deviation(group);
            squares += d * d;
        }
        return squares * Populated / (Populated - 1) / (Count * Count);
    }

    private static double ShareUpTo(Histogram histogram, double value) => histogram.CountAtOrBelow(value) / histogram.Count;

    // The inverse of CountAtOrBelow, by halving: within a bucket it moves with the share, as a nearest rank does not.
    private static double Interpolated(Histogram histogram, double q)
    {
        double low = histogram.LowerBound, high = histogram.UpperBound, wanted = q * histogram.BucketedCount;
        if (!double.IsFinite(low) || !double.IsFinite(high)) return histogram.Quantile(q);
        for (int i = 0; i < 100 && low < high; i++)
        {
            double middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            if (histogram.CountAtOrBelow(middle) < wanted) low = middle;
            else high = middle;
        }
        return high;
    }
}

/// <summary>An estimate and the variance of its error.</summary>
public readonly record struct Estimate(double Value, double Variance);
