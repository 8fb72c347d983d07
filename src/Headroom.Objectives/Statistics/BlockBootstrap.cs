namespace Headroom.Objectives.Statistics;

/// <summary>
/// Confidence interval of the relative change between the medians of two windows, by the circular block bootstrap, which keeps
/// neighbouring slots together (Politis and Romano, "A Circular Block-Resampling Procedure for Stationary Data", 1992).
/// </summary>
public static class BlockBootstrap
{
    /// <summary>
    /// The interval of (median(second) − median(first)) / |median(first)|, percentile method, by the nearest rank.
    /// An end may be infinite when the first median can be 0.
    /// </summary>
    /// <param name="first">The base window's slots in time order; not empty.</param>
    /// <param name="second">The other window's slots in time order; not empty.</param>
    /// <param name="rho">Lag-1 autocorrelation inside the windows; decides the blocks' length.</param>
    /// <param name="confidence">For example 0.95.</param>
    /// <param name="resamples">How many times to draw.</param>
    /// <param name="random">Source of the draws; seed it for a repeatable answer.</param>
    public static (double Low, double High) RelativeChangeOfMedians(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second, double rho, double confidence, int resamples, Random random)
    {
        var changes = new double[resamples];
        var a = new double[first.Length];
        var b = new double[second.Length];
        int blockA = BlockLength(first.Length, rho);
        int blockB = BlockLength(second.Length, rho);
        for (int i = 0; i < resamples; i++)
        {
            Draw(first, a, blockA, random);
            Draw(second, b, blockB, random);
            changes[i] = RelativeChange(Order.MedianInPlace(a), Order.MedianInPlace(b));
        }
        Array.Sort(changes);
        double tail = (1 - confidence) / 2;
        int low = Math.Clamp((int)Math.Floor(tail * resamples), 0, resamples - 1);
        return (changes[low], changes[resamples - 1 - low]);
    }

    /// <summary>(to − from) / |from|; 0 when both are equal, infinite when only <paramref name="from"/> is 0.</summary>
    public static double RelativeChange(double from, double to) => from == to ? 0 : (to - from) / Math.Abs(from);

    /// <summary>
    /// The block length that minimises the error of a mean's variance under first-order autoregression,
    /// (6ρ²/(1−ρ²)²)^⅓ n^⅓ (Politis and White, "Automatic Block-Length Selection for the Dependent Bootstrap", 2004), at most a third of
    /// the window.
    /// </summary>
    internal static int BlockLength(int n, double rho)
    {
        if (rho <= 0) return 1;
        double ratio = rho / (1 - (rho * rho));
        return Math.Clamp((int)Math.Ceiling(Math.Cbrt(6 * ratio * ratio * n)), 1, Math.Max(1, n / 3));
    }

    private static void Draw(ReadOnlySpan<double> from, Span<double> into, int block, Random random)
    {
        for (int filled = 0; filled < into.Length;)
        {
            int start = random.Next(from.Length);
            for (int k = 0; k < block && filled < into.Length; k++) into[filled++] = from[(start + k) % from.Length];
        }
    }
}
