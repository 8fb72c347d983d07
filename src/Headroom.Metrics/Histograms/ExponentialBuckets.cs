using System.Numerics;

namespace Headroom.Metrics.Histograms;

/// <summary>
/// Where the buckets of a base-2 exponential histogram lie: bucket i covers (base^i, base^(i+1)] with
/// base = 2^(2^-scale) (OpenTelemetry data model, "ExponentialHistogram"). Up to scale 6 an index is exact, also at
/// powers of two and for subnormal numbers; above, it may be one off within an ulp of a boundary, as OpenTelemetry allows.
/// </summary>
public static class ExponentialBuckets
{
    /// <summary>The scale at which Headroom records: a bucket is 1.089% wide, its quantile value at most 0.542% off.</summary>
    public const int RecordingScale = 6;

    /// <summary>The coarsest scale kept.</summary>
    public const int MinScale = -4;

    /// <summary>The finest scale accepted.</summary>
    public const int MaxScale = 20;

    private const int PerOctave = 1 << RecordingScale;
    private const int MantissaBits = 52;
    private const ulong MantissaMask = (1UL << MantissaBits) - 1;

    // Slots of 1/128 are narrower than the narrowest bucket (2^(1/64) - 1 = 1.09%), so that at most one boundary
    // lies in a slot and one comparison decides.
    private const int SlotBits = RecordingScale + 1;

    // Far more places than a double has: the error of 64 multiplications stays below the last place that is used.
    private const int RootBits = 192;

    private static readonly BigInteger[] RootsOfTwo = MakeRoots();

    /// <summary>The 52 mantissa bits of 2^(j/64), rounded down; a mantissa is above the boundary when it is greater.</summary>
    private static readonly ulong[] Boundaries = MakeBoundaries();

    /// <summary>2^(j/64), rounded to nearest.</summary>
    private static readonly double[] Powers = MakePowers();

    /// <summary>How many boundaries lie below the start of each slot of mantissas.</summary>
    private static readonly byte[] BoundariesBelowSlot = MakeSlots();

    /// <summary>The index of the bucket that holds a positive, finite magnitude.</summary>
    public static int IndexOf(double magnitude, int scale)
    {
        if (scale <= RecordingScale) return IndexAtRecordingScale(magnitude) >> (RecordingScale - scale);
        int guess = (int)Math.Ceiling(Math.ScaleB(Math.Log2(magnitude), scale)) - 1;
        if (magnitude <= LowerBound(guess, scale)) return guess - 1;
        return magnitude > LowerBound(guess + 1, scale) ? guess + 1 : guess;
    }

    /// <summary>The index at <see cref="RecordingScale"/> of a positive, finite magnitude.</summary>
    internal static int IndexAtRecordingScale(double magnitude)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(magnitude);
        int exponent = (int)(bits >> MantissaBits) & 0x7ff;
        ulong mantissa = bits & MantissaMask;
        if (exponent == 0)
        {
            // Subnormal: shift the leading one to where normal numbers imply it.
            int shift = BitOperations.LeadingZeroCount(mantissa) - (63 - MantissaBits);
            mantissa = (mantissa << shift) & MantissaMask;
            exponent = 1 - shift;
        }
        int below = BoundariesBelowSlot[(int)(mantissa >> (MantissaBits - SlotBits))];
        if (mantissa > Boundaries[below]) below++;
        return (exponent - 1023) * PerOctave + below - 1;
    }

    /// <summary>
    /// base^index: the excluded lower bound of a bucket, and the included upper bound of the one before. Infinite
    /// above the largest double, and a rounded subnormal or zero near the smallest.
    /// </summary>
    public static double LowerBound(int index, int scale)
    {
        if (scale <= 0) return Math.ScaleB(1, ExponentOf(index, scale));
        return Math.ScaleB(Fraction(index, scale), index >> scale);
    }

    /// <summary>The included upper bound of a bucket.</summary>
    public static double UpperBound(int index, int scale) => LowerBound(index + 1, scale);

    /// <summary>
    /// The value 2ab/(a+b) that stands for a bucket (a, b]: no value of the bucket is relatively further from it than
    /// (base-1)/(base+1), 0.542% at scale 6 (rounding adds up to half a unit among subnormal numbers).
    /// </summary>
    public static double Midpoint(int index, int scale)
    {
        double towardsMiddle = 2 / (1 + Math.Pow(2, -Math.ScaleB(1, -scale)));
        return scale <= 0
            ? Math.ScaleB(towardsMiddle, ExponentOf(index, scale))
            : Math.ScaleB(Fraction(index, scale) * towardsMiddle, index >> scale);
    }

    /// <summary>
    /// The bucket whose bounds, as the rounded doubles that <see cref="UpperBound"/> gives, enclose a magnitude: one
    /// that is such an upper bound is in that bucket, although the exact boundary may lie an ulp below it.
    /// </summary>
    internal static int IndexByBounds(double magnitude, int scale)
    {
        int index = IndexOf(magnitude, scale);
        return magnitude <= LowerBound(index, scale) ? index - 1 : index;
    }

    /// <summary>Whether an index can hold a double at all at a scale, and its bounds can be computed.</summary>
    internal static bool IsPossible(long index, int scale)
    {
        // From just under 2^-1074 to 2^1024; one more bucket on either side, because producers may be one off.
        long lowest = scale >= 0 ? -1075L << scale : -1075L >> -scale;
        long highest = scale >= 0 ? 1024L << scale : 1024L >> -scale;
        return index >= lowest - 1 && index <= highest;
    }

    private static int ExponentOf(int index, int scale) => (int)Math.Clamp((long)index << -scale, -5000, 5000);

    private static double Fraction(int index, int scale)
    {
        int within = index & ((1 << scale) - 1);
        return scale <= RecordingScale
            ? Powers[within << (RecordingScale - scale)]
            : Math.Pow(2, Math.ScaleB(within, -scale));
    }

    private static ulong[] MakeBoundaries()
    {
        var boundaries = new ulong[PerOctave + 1];
        for (int j = 0; j < PerOctave; j++)
            boundaries[j] = (ulong)(RootsOfTwo[j] >> (RootBits - MantissaBits)) & MantissaMask;
        boundaries[PerOctave] = ulong.MaxValue;
        return boundaries;
    }

    private static double[] MakePowers()
    {
        var powers = new double[PerOctave];
        for (int j = 0; j < PerOctave; j++)
        {
            // One more bit than a double holds; an irrational number is never half-way, so adding one rounds to nearest.
            ulong doubled = (ulong)(RootsOfTwo[j] >> (RootBits - MantissaBits - 1));
            powers[j] = Math.ScaleB((doubled + 1) >> 1, -MantissaBits);
        }
        return powers;
    }

    /// <summary>2^(j/64) with <see cref="RootBits"/> binary places: powers of the 64th root, six square roots of two.</summary>
    private static BigInteger[] MakeRoots()
    {
        var root = BigInteger.One << (RootBits + 1);
        for (int i = 0; i < RecordingScale; i++) root = SquareRoot(root << RootBits);
        var roots = new BigInteger[PerOctave];
        roots[0] = BigInteger.One << RootBits;
        for (int j = 1; j < roots.Length; j++) roots[j] = (roots[j - 1] * root) >> RootBits;
        return roots;
    }

    private static BigInteger SquareRoot(BigInteger square)
    {
        var root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + square / root) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }

    private static byte[] MakeSlots()
    {
        var slots = new byte[1 << SlotBits];
        for (int slot = 0; slot < slots.Length; slot++)
        {
            ulong start = (ulong)slot << (MantissaBits - SlotBits);
            slots[slot] = (byte)Boundaries.Count(boundary => boundary < start);
        }
        return slots;
    }
}
