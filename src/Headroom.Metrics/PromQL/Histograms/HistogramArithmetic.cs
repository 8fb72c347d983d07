using System.Buffers;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>What happened while two histograms were combined.</summary>
[Flags]
internal enum CombineOutcome
{
    Fine = 0,

    /// <summary>Exponential with custom buckets: nothing was combined.</summary>
    Incompatible = 1,

    /// <summary>Custom bounds differed and were reduced to those in common.</summary>
    BoundsReconciled = 2,

    /// <summary>One operand says that a counter was reset, the other that it was not.</summary>
    ResetsCollide = 4,
}

/// <summary>Arithmetic on histograms as PromQL defines it ("native histograms" specification, section PromQL).</summary>
internal static class HistogramArithmetic
{
    /// <summary>a + b. The result is a counter when both are.</summary>
    public static Histogram? Add(Histogram a, Histogram b, out CombineOutcome outcome)
    {
        outcome = CombineOutcome.Fine;
        var reset = CombineResets(a.Reset, b.Reset, ref outcome);
        return Combine(a, b, 1, reset, ref outcome);
    }

    /// <summary>a - b; always a gauge, as counts may turn negative.</summary>
    public static Histogram? Subtract(Histogram a, Histogram b, out CombineOutcome outcome)
    {
        outcome = CombineOutcome.Fine;
        CombineResets(a.Reset, b.Reset, ref outcome);
        return Combine(a, b, -1, ResetHint.Gauge, ref outcome);
    }

    public static ResetHint CombineResets(ResetHint a, ResetHint b, ref CombineOutcome outcome)
    {
        if (a == b) return a;
        if (a == ResetHint.Gauge || b == ResetHint.Gauge) return ResetHint.Gauge;
        if (a != ResetHint.Unknown && b != ResetHint.Unknown) outcome |= CombineOutcome.ResetsCollide;
        return ResetHint.Unknown;
    }

    /// <summary>Brings two histograms to one layout; false when there is none.</summary>
    public static bool Align(ref Histogram a, ref Histogram b, ref CombineOutcome outcome)
    {
        if (a.IsCustom() != b.IsCustom())
        {
            outcome |= CombineOutcome.Incompatible;
            return false;
        }
        if (a.CustomBounds is { } left && b.CustomBounds is { } right)
        {
            if (HistogramShape.SameBounds(left, right)) return true;
            var common = HistogramShape.CommonBounds(left, right);
            (a, b) = (a.ToBounds(common), b.ToBounds(common));
            outcome |= CombineOutcome.BoundsReconciled;
            return true;
        }
        int scale = Math.Min(a.Scale, b.Scale);
        HistogramShape.ReconcileZero(ref a, ref b);
        (a, b) = (a.ToScale(scale), b.ToScale(scale));
        return true;
    }

    private static Histogram? Combine(Histogram a, Histogram b, double sign, ResetHint reset, ref CombineOutcome outcome)
    {
        if (!Align(ref a, ref b, ref outcome)) return null;
        return a.With(
            count: a.Count + (sign * b.Count),
            sum: a.Sum + (sign * b.Sum),
            zeroCount: a.ZeroCount + (sign * b.ZeroCount),
            positive: Combine(a.Positive, b.Positive, sign),
            negative: Combine(a.Negative, b.Negative, sign),
            reset: reset);
    }

    private static Buckets Combine(Buckets a, Buckets b, double sign)
    {
        if (b.Indexes.Length == 0) return a;
        if (a.Indexes.AsSpan().SequenceEqual(b.Indexes))
        {
            var sums = new double[a.Counts.Length];
            for (int i = 0; i < sums.Length; i++) sums[i] = a.Counts[i] + (sign * b.Counts[i]);
            return new Buckets(a.Indexes, sums);
        }
        var indexes = new int[a.Indexes.Length + b.Indexes.Length];
        var counts = new double[indexes.Length];
        int n = 0;
        for (int i = 0, j = 0; i < a.Indexes.Length || j < b.Indexes.Length; n++)
        {
            bool left = j >= b.Indexes.Length || (i < a.Indexes.Length && a.Indexes[i] <= b.Indexes[j]);
            bool right = i >= a.Indexes.Length || (j < b.Indexes.Length && b.Indexes[j] <= a.Indexes[i]);
            indexes[n] = left ? a.Indexes[i] : b.Indexes[j];
            if (left) counts[n] += a.Counts[i++];
            if (right) counts[n] += sign * b.Counts[j++];
        }
        return new Buckets(indexes[..n], counts[..n]);
    }

    /// <summary>
    /// (a - b) · factor without empty buckets, a gauge: subtraction, multiplication and clearing up in one pass, for
    /// exponential histograms of one layout. Null when the layouts differ.
    /// </summary>
    public static Histogram? ScaledChange(Histogram a, Histogram b, double factor)
    {
        if (a.IsCustom() || b.IsCustom() || a.Scale != b.Scale || a.ZeroThreshold != b.ZeroThreshold) return null;
        return new Histogram
        {
            Scale = a.Scale,
            ZeroThreshold = a.ZeroThreshold,
            ZeroCount = (a.ZeroCount - b.ZeroCount) * factor,
            Count = (a.Count - b.Count) * factor,
            Sum = (a.Sum - b.Sum) * factor,
            Positive = ScaledChange(a.Positive, b.Positive, factor),
            Negative = ScaledChange(a.Negative, b.Negative, factor),
            Reset = ResetHint.Gauge,
        };
    }

    private static Buckets ScaledChange(Buckets a, Buckets b, double factor)
    {
        int most = a.Indexes.Length + b.Indexes.Length;
        if (most == 0) return Buckets.Empty;
        int[] indexes = ArrayPool<int>.Shared.Rent(most + 1);
        double[] counts = ArrayPool<double>.Shared.Rent(most + 1);
        int used = 0;
        for (int i = 0, j = 0; i < a.Indexes.Length || j < b.Indexes.Length;)
        {
            // Consecutive samples of a series mostly fill the same buckets: those are gone through as they lie.
            int same = a.Indexes.AsSpan(i).CommonPrefixLength(b.Indexes.AsSpan(j));
            var now = a.Counts.AsSpan(i, same);
            var before = b.Counts.AsSpan(j, same);
            for (int k = 0; k < now.Length; k++)
            {
                // Written always, kept when it is not zero: no branch to guess wrong.
                double difference = now[k] - before[k];
                indexes[used] = a.Indexes[i + k];
                counts[used] = difference * factor;
                used += difference != 0 ? 1 : 0;
            }
            i += same;
            j += same;
            bool left = i < a.Indexes.Length && (j == b.Indexes.Length || a.Indexes[i] < b.Indexes[j]);
            if (!left && j == b.Indexes.Length) break;
            double only = left ? a.Counts[i] : -b.Counts[j];
            indexes[used] = left ? a.Indexes[i++] : b.Indexes[j++];
            counts[used] = only * factor;
            used += only != 0 ? 1 : 0;
        }
        var change = used == 0 ? Buckets.Empty : new Buckets(indexes[..used], counts[..used]);
        ArrayPool<int>.Shared.Return(indexes);
        ArrayPool<double>.Shared.Return(counts);
        return change;
    }

    /// <summary>All counts and the sum times a factor; a gauge when the factor is negative.</summary>
    public static Histogram Multiply(Histogram h, double factor) => h.With(
        count: h.Count * factor,
        sum: h.Sum * factor,
        zeroCount: h.ZeroCount * factor,
        positive: Map(h.Positive, c => c * factor),
        negative: Map(h.Negative, c => c * factor),
        reset: factor < 0 ? ResetHint.Gauge : h.Reset);

    /// <summary>All counts and the sum divided; by zero, only the zero bucket, the count and the sum remain, infinite or NaN.</summary>
    public static Histogram Divide(Histogram h, double divisor) => h.With(
        count: h.Count / divisor,
        sum: h.Sum / divisor,
        zeroCount: h.ZeroCount / divisor,
        positive: divisor == 0 ? Buckets.Empty : Map(h.Positive, c => c / divisor),
        negative: divisor == 0 ? Buckets.Empty : Map(h.Negative, c => c / divisor),
        reset: divisor < 0 ? ResetHint.Gauge : h.Reset);

    /// <summary>The sign of everything turned; always a gauge.</summary>
    public static Histogram Negate(Histogram h) => Multiply(h, -1);

    private static Buckets Map(Buckets buckets, Func<double, double> change) =>
        buckets.Counts.Length == 0 ? buckets : new Buckets(buckets.Indexes, Array.ConvertAll(buckets.Counts, c => change(c)));

    /// <summary>Whether two histograms hold the same; counter or gauge makes no difference, nor do empty buckets.</summary>
    public static bool AreEqual(Histogram a, Histogram b)
    {
        if (a.IsCustom() != b.IsCustom() || !Same(a.Count, b.Count) || !Same(a.Sum, b.Sum)) return false;
        if (a.IsCustom())
        {
            if (!HistogramShape.SameBounds(a.CustomBounds, b.CustomBounds)) return false;
        }
        else if (a.Scale != b.Scale || a.ZeroThreshold != b.ZeroThreshold || !Same(a.ZeroCount, b.ZeroCount)) return false;
        (a, b) = (a.Compact(), b.Compact());
        return SameBuckets(a.Positive, b.Positive) && SameBuckets(a.Negative, b.Negative);
    }

    private static bool SameBuckets(Buckets a, Buckets b)
    {
        if (!a.Indexes.AsSpan().SequenceEqual(b.Indexes)) return false;
        for (int i = 0; i < a.Counts.Length; i++)
            if (!Same(a.Counts[i], b.Counts[i])) return false;
        return true;
    }

    private static bool Same(double a, double b) => a == b || BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    /// <summary>Whether a counter started anew between a histogram and the one before it.</summary>
    public static bool DetectReset(Histogram current, Histogram previous)
    {
        if (current.Reset == ResetHint.CounterReset) return true;
        if (current.Reset == ResetHint.NotCounterReset) return false;
        if (current.Count < previous.Count) return true;
        if (current.IsCustom() != previous.IsCustom()) return true;
        if (current.IsCustom())
        {
            if (HistogramShape.SameBounds(current.CustomBounds, previous.CustomBounds)) return AnyDrop(current.Positive, previous.Positive);
            // Bounds may have been thinned or refined; a drop shows in what both can express.
            var common = HistogramShape.CommonBounds(current.CustomBounds!, previous.CustomBounds!);
            return AnyDrop(current.ToBounds(common).Positive, previous.ToBounds(common).Positive);
        }
        if (current.Scale > previous.Scale || current.ZeroThreshold < previous.ZeroThreshold) return true;
        var (zero, threshold) = HistogramShape.ZeroFor(previous, current.ZeroThreshold);
        // The wider zero bucket would cut a populated bucket: not something a producer does while it counts on.
        if (threshold != current.ZeroThreshold || current.ZeroCount < zero) return true;
        var old = previous.WidenZero(current.ZeroThreshold).ToScale(current.Scale);
        return AnyDrop(current.Positive, old.Positive) || AnyDrop(current.Negative, old.Negative);
    }

    private static bool AnyDrop(Buckets current, Buckets previous)
    {
        int same = current.Indexes.AsSpan().CommonPrefixLength(previous.Indexes);
        var now = current.Counts.AsSpan(0, same);
        var before = previous.Counts.AsSpan(0, same);
        for (int i = 0; i < now.Length; i++)
            if (now[i] < before[i] && before[i] != 0) return true;
        for (int i = same, j = same; i < previous.Indexes.Length; i++)
        {
            if (previous.Counts[i] == 0) continue;
            while (j < current.Indexes.Length && current.Indexes[j] < previous.Indexes[i]) j++;
            double count = j < current.Indexes.Length && current.Indexes[j] == previous.Indexes[i] ? current.Counts[j] : 0;
            if (count < previous.Counts[i]) return true;
        }
        return false;
    }
}
