using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.Histograms;

/// <summary>Values and histograms that the tests share, from seeds.</summary>
internal static class HistogramData
{
    /// <summary>The bound that scale 6 promises: (base-1)/(base+1), with room for the rounding of a double.</summary>
    public static readonly double Scale6Error = (Math.Pow(2, 1.0 / 64) - 1) / (Math.Pow(2, 1.0 / 64) + 1) * (1 + 1e-9);

    public static double Lognormal(Random random, double sigma, double median = 0.05)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return median * Math.Exp(sigma * normal);
    }

    /// <summary>Any normal positive double: every exponent and mantissa equally likely.</summary>
    public static double AnyPositive(Random random) =>
        BitConverter.UInt64BitsToDouble((ulong)random.NextInt64(0x0010_0000_0000_0000, 0x7FF0_0000_0000_0000));

    public static Histogram Of(params IEnumerable<double> values)
    {
        var recorder = new HistogramRecorder();
        foreach (double value in values) recorder.Record(value);
        return recorder.ToHistogram();
    }

    /// <summary>Whole sums, so that even the sum does not depend on the order of adding.</summary>
    public static Histogram WholeNumbers(Random random, int count = 200) =>
        Of(Enumerable.Range(0, count).Select(_ => (double)random.Next(-1000, 100_000)));

    public static double NearestRank(double[] sorted, double q) => sorted[Math.Max(0, (int)Math.Ceiling(q * sorted.Length) - 1)];
}
