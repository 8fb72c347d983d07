using System.Numerics;
using MathNet.Numerics.Distributions;

namespace Headroom.Objectives.Statistics;

/// <summary>A repeating pattern in a series of equal steps.</summary>
/// <param name="Period">Points in one cycle.</param>
/// <param name="Pattern">What each place of the cycle adds to the level, mean 0; for <see cref="Multiplies"/> at the series' mean level.</param>
/// <param name="Multiplies">Whether the pattern grows with the level.</param>
/// <param name="PValue">Chance of such a pattern in noise with the same dependence, over all periods tried.</param>
internal sealed record Season(int Period, double[] Pattern, bool Multiplies, double PValue)
{
    private const double Significance = 1e-3;
    private const int PeaksTried = 5;
    private const int LargestPeriod = 2_500;
    private const int Cycles = 3;

    /// <summary>
    /// The strongest season, or null. Periods tried are the strongest peaks of the autocorrelation and those given. A period is
    /// kept when the F test of its places' means, after a centred moving average of one period is taken out (classical decomposition),
    /// is significant after Bonferroni's correction; the degrees of freedom are lowered for autocorrelated noise. Of several the one with the lowest BIC wins.
    /// </summary>
    /// <param name="values">Finite values.</param>
    /// <param name="likely">Periods that the distance of the points suggests, such as 24 for hours.</param>
    public static Season? Find(ReadOnlySpan<double> values, ReadOnlySpan<int> likely)
    {
        int n = values.Length;
        var periods = new SortedSet<int>();
        foreach (int period in likely) Add(periods, period, n);
        Peaks(values, periods);
        Season? best = null;
        double lowest = double.PositiveInfinity;
        foreach (int period in periods)
        {
            var (season, criterion) = Fit(values, period);
            double p = Math.Min(1, season.PValue * Math.Max(periods.Count, n / 4));
            if (p >= Significance || criterion >= lowest) continue;
            (best, lowest) = (season with { PValue = p }, criterion);
        }
        return best;
    }

    /// <summary>
    /// A longer season of which <paramref name="inner"/> is a part, such as the week of a day, in a series without its inner season; or null.
    /// Half of its places' means may be noise, so they are shrunk by 1 − 1/F (James and Stein, 1961).
    /// </summary>
    public static Season? Outer(ReadOnlySpan<double> values, int inner)
    {
        Season? best = null;
        for (int times = 2; times <= 7; times++)
        {
            int period = inner * times;
            if (period > LargestPeriod || period * Cycles > values.Length) break;
            var (season, _) = Fit(values, period);
            if (season.PValue * 6 < Significance && (best is null || season.PValue < best.PValue)) best = season with { PValue = season.PValue * 6 };
        }
        return best;
    }

    /// <summary>Takes the pattern out, in place.</summary>
    public void RemoveFrom(Span<double> values)
    {
        var level = Multiplies ? MovingLevel(values, Period) : null;
        double mean = level is null ? 1 : Mean(level);
        for (int i = 0; i < values.Length; i++) values[i] -= Pattern[i % Period] * (level is null ? 1 : level[i] / mean);
    }

    private static void Add(SortedSet<int> periods, int period, int n)
    {
        if (period >= 2 && period <= LargestPeriod && period * Cycles <= n) periods.Add(period);
    }

    private static void Peaks(ReadOnlySpan<double> values, SortedSet<int> periods)
    {
        int n = values.Length;
        int longest = Math.Min(LargestPeriod, n / Cycles);
        if (longest < 2) return;
        // Slow movement would hide the peaks behind its own autocorrelation.
        var level = MovingLevel(values, Math.Max(3, Math.Min(n / 3, 2 * longest)));
        var rest = new double[n];
        for (int i = 0; i < n; i++) rest[i] = values[i] - level[i];
        Clip(rest, 3);
        var correlation = Autocorrelation(rest, longest + 1);
        var peaks = new List<(double Height, int Lag)>();
        double noise = 2 / Math.Sqrt(n);
        for (int lag = 2; lag <= longest; lag++)
            if (correlation[lag] > noise && correlation[lag] >= correlation[lag - 1] && correlation[lag] >= correlation[lag + 1])
                peaks.Add((correlation[lag], lag));
        peaks.Sort(static (a, b) => b.Height.CompareTo(a.Height));
        foreach (var (_, lag) in peaks.Take(PeaksTried)) Add(periods, lag, n);
    }

    private static double[] Autocorrelation(double[] values, int longest)
    {
        var result = new double[longest + 1];
        double squares = 0;
        foreach (double value in values) squares += value * value;
        if (squares == 0) return result;
        for (int lag = 1; lag <= longest && lag < values.Length; lag++)
            result[lag] = Product(values.AsSpan(lag), values) / squares;
        return result;
    }

    private static double Product(ReadOnlySpan<double> later, ReadOnlySpan<double> values)
    {
        var sum = Vector<double>.Zero;
        int width = Vector<double>.Count;
        int i = 0;
        for (; i <= later.Length - width; i += width) sum += new Vector<double>(later[i..]) * new Vector<double>(values[i..]);
        double product = Vector.Sum(sum);
        for (; i < later.Length; i++) product += later[i] * values[i];
        return product;
    }

    private static (Season Season, double Criterion) Fit(ReadOnlySpan<double> values, int period)
    {
        int n = values.Length;
        var level = MovingLevel(values, period);
        var rest = new double[n];
        for (int i = 0; i < n; i++) rest[i] = values[i] - level[i];
        Clip(rest, 4);
        // The moving average reaches only so far; what lies beyond would show a trend as a season.
        int edge = n > 2 * (period / 2) + period ? period / 2 : 0;
        var pattern = PlaceMeans(rest, period, edge, null);
        double additive = Squares(rest, pattern, edge, null, out double rho, out double total);
        bool multiplies = false;
        double left = additive;
        double mean = Mean(level);
        if (Lowest(level) > 0)
        {
            var scale = new double[n];
            for (int i = 0; i < n; i++) scale[i] = level[i] / mean;
            var scaled = PlaceMeans(rest, period, edge, scale);
            double multiplicative = Squares(rest, scaled, edge, scale, out double rhoScaled, out _);
            // A pattern that grows with the level must show it; equal fits stay additive.
            if (multiplicative < 0.95 * additive) (pattern, left, rho, multiplies) = (scaled, multiplicative, rhoScaled, true);
        }
        int used = n - (2 * edge);
        double free = (period - 1) * (1 - (rho * rho)) / (1 + (rho * rho));
        double others = used - period - 1;
        double p = 1;
        if (others > 0 && left <= 0) p = total > 0 ? 0 : 1;
        else if (others > 0)
        {
            double f = (total - left) / (period - 1) / (left / others);
            p = f <= 1 ? 1 : 1 - FisherSnedecor.CDF(Math.Max(1, free), others, f);
            for (int k = 0; k < pattern.Length; k++) pattern[k] *= Math.Max(0, 1 - (1 / f));
        }
        return (new Season(period, pattern, multiplies, p), (n * Math.Log(Math.Max(left, total * 1e-12) / used)) + (period * Math.Log(n)));
    }

    private static double[] PlaceMeans(double[] rest, int period, int edge, double[]? scale)
    {
        var sums = new double[period];
        var weights = new double[period];
        for (int i = edge; i < rest.Length - edge; i++)
        {
            double s = scale is null ? 1 : scale[i];
            sums[i % period] += rest[i] * s;
            weights[i % period] += s * s;
        }
        double mean = 0;
        for (int k = 0; k < period; k++) mean += (sums[k] /= weights[k]) / period;
        for (int k = 0; k < period; k++) sums[k] -= mean;
        return sums;
    }

    private static double Squares(double[] rest, double[] pattern, int edge, double[]? scale, out double rho, out double total)
    {
        double squares = 0, products = 0, before = 0;
        total = 0;
        double centre = Mean(rest.AsSpan(edge, rest.Length - (2 * edge)));
        for (int i = edge; i < rest.Length - edge; i++)
        {
            double left = rest[i] - centre - (pattern[i % pattern.Length] * (scale is null ? 1 : scale[i]));
            total += (rest[i] - centre) * (rest[i] - centre);
            squares += left * left;
            products += left * before;
            before = left;
        }
        rho = squares > 0 ? Math.Clamp(products / squares, 0, 0.98) : 0;
        return squares;
    }

    /// <summary>The centred moving average over one period, its first and last values carried to the ends.</summary>
    internal static double[] MovingLevel(ReadOnlySpan<double> values, int period)
    {
        int n = values.Length;
        var level = new double[n];
        int half = period / 2;
        bool even = period % 2 == 0;
        if (n <= 2 * half)
        {
            Array.Fill(level, Mean(values));
            return level;
        }
        double sum = 0;
        for (int i = 0; i <= 2 * half; i++) sum += values[i];
        for (int i = half; i < n - half; i++)
        {
            if (i > half) sum += values[i + half] - values[i - half - 1];
            // An even period takes half of either end, so that it is centred.
            level[i] = even ? (sum - ((values[i - half] + values[i + half]) / 2)) / period : sum / period;
        }
        for (int i = 0; i < half; i++) (level[i], level[n - 1 - i]) = (level[half], level[n - 1 - half]);
        return level;
    }

    private static void Clip(double[] values, double spreads)
    {
        double spread = Order.Spread(values);
        if (spread == 0) return;
        double centre = Order.Median(values);
        for (int i = 0; i < values.Length; i++) values[i] = Math.Clamp(values[i], centre - (spreads * spread), centre + (spreads * spread));
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return values.Length == 0 ? 0 : sum / values.Length;
    }

    private static double Lowest(double[] values)
    {
        double low = double.PositiveInfinity;
        foreach (double value in values) low = Math.Min(low, value);
        return low;
    }
}
