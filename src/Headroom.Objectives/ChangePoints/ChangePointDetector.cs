using Headroom.Objectives.Histories;
using Headroom.Objectives.Statistics;
using MathNet.Numerics;

namespace Headroom.Objectives.ChangePoints;

/// <summary>
/// Finds the points from which on a series behaves differently:
/// 1. gaps are closed, the season is taken out, spikes are clipped to the running median's neighbourhood;
/// 2. dependence and size of the noise come from differences, which changes hardly touch;
/// 3. optimal partitioning cuts the series into levels and lines with autoregressive noise;
/// 4. dependence and noise are measured again on what is left, and 3 is repeated;
/// 5. from the bottom up, the least certain change is merged away until every one left is significant and large enough.
/// </summary>
public static class ChangePointDetector
{
    /// <summary>Series with fewer finite values have no change points.</summary>
    public const int FewestPoints = 10;

    private const int Rounds = 3;

    // Each of these was chosen on generated series only (bench/detectors), where its neighbours do about as well.
    // A cut must lower the scaled cost by this many log n, and a slope too.
    private const double Penalty = 1.2;
    private const double SlopePenalty = 1.2;

    // Noise smaller than this share of the whole series' deviation is invisible to a person too.
    private const double NoiseFloor = 0.1;
    private const double LargestRho = 0.9;

    // Standard errors added to the dependence measured on residuals, which is too low by chance half of the time.
    private const double RhoErrors = 1;

    // By how much two lines must beat a smooth curve, and how many points about its place a change of slope may be uncertain.
    private const double OverCurve = 4;
    private const int Sharpness = 6;

    // Stretches shorter than this are also compared by ranks: a few large values in a row are common where tails are heavy.
    private const int Few = 12;

    // Ranks of dependent values tell less than their likelihood; below this they lose little, and are asked wherever the noise is skewed.
    private const double LittleDependence = 0.3;

    // How far around a change its noise is judged, and from which ratio of variances on it counts as wilder there: with 40 points and equal
    // variances the ratio stays below 1.6 in 99 of 100.
    private const int Near = 40;
    private const double ClearlyWilder = 1.6;

    // (1 − e^(−x/2))² = 0.95: the likelihood ratio's limit law for a change's place (Siegmund, "Confidence Sets in Change-point Problems", 1988).
    private const double PlaceDeviance = 7.35;

    /// <summary>The change points of a series, in order. NaN and infinities are gaps; equal steps between points are assumed.</summary>
    public static IReadOnlyList<ChangePoint> Detect(ReadOnlySpan<double> values, ChangePointOptions? options = null)
    {
        if (values.Length <= ChangePointHistory.Window) return DetectWindow(values, options);
        var history = new ChangePointHistory(options);
        history.Append(values);
        return history.ChangePoints;
    }

    /// <summary>The change points of a history, with their times; missing rows count as gaps, and the step between points suggests seasons.</summary>
    public static IReadOnlyList<ChangePoint> Detect(History history, ChangePointOptions? options = null)
    {
        options ??= new ChangePointOptions();
        if (options.LikelyPeriods.Count == 0) options = options with { LikelyPeriods = history.LikelyPeriods };
        var (grid, points) = history.OnGrid();
        return [.. Detect(grid, options).Select(c => c with { Index = points[c.Index], Low = points[c.Low], High = points[c.High], Time = history.Times?[points[c.Index]] })];
    }

    internal static IReadOnlyList<ChangePoint> DetectWindow(ReadOnlySpan<double> values, ChangePointOptions? options)
    {
        options ??= new ChangePointOptions();
        var places = new List<int>(values.Length);
        var present = new List<double>(values.Length);
        for (int i = 0; i < values.Length; i++)
            if (double.IsFinite(values[i]))
            {
                places.Add(i);
                present.Add(values[i]);
            }
        if (present.Count < FewestPoints) return [];
        var series = present.ToArray();
        return series.AsSpan().ContainsAnyExcept(series[0]) ? Find(series, places, options) : [];
    }

    private static List<ChangePoint> Find(double[] series, List<int> places, ChangePointOptions options)
    {
        int n = series.Length;
        // 1.
        var season = Season.Find(series, options.LikelyPeriods.ToArray());
        if (season is not null)
        {
            season.RemoveFrom(series);
            Season.Outer(series, season.Period)?.RemoveFrom(series);
        }
        Spikes.Clip(series);
        double deviation = Deviation(series);
        if (!(deviation > 0) || !double.IsFinite(deviation)) return [];
        // 2.
        var noise = DifferenceNoise.Estimate(series);
        double rho = Math.Min(noise.Rho, LargestRho);
        double sigma = Math.Max(noise.InnovationSd, NoiseFloor * deviation * (1 - rho));
        var candidates = Segmentation.Candidates(series);
        Segmentation cutter;
        List<int> cuts;
        for (int round = 1; ; round++)
        {
            // 3.
            cutter = new Segmentation(new SegmentCosts(series, rho), n, sigma * sigma, Penalty * Math.Log(n), SlopePenalty * Math.Log(n));
            cuts = cutter.Cut(candidates);
            if (round == Rounds) break;
            // 4.
            (double nextRho, double nextSigma) = Residuals(series, cutter, cuts);
            nextSigma = Math.Max(nextSigma, NoiseFloor * deviation * (1 - nextRho));
            if (Math.Abs(nextRho - rho) < 0.01 && Math.Abs(nextSigma - sigma) < 0.01 * sigma) break;
            (rho, sigma) = (nextRho, nextSigma);
        }
        // 5.
        cutter.Refine(cuts);
        var wildness = Innovations(series, cutter, cuts, rho, sigma);
        return Merge(wildness, series, rho, cuts, cutter, places, deviation, options);
    }

    private static List<ChangePoint> Merge(double[] wildness, double[] series, double rho, List<int> cuts, Segmentation cutter, List<int> places, double deviation, ChangePointOptions options)
    {
        while (cuts.Count > 0)
        {
            var found = new List<ChangePoint>(cuts.Count);
            int weakest = -1;
            double worst = 0;
            for (int k = 0; k < cuts.Count; k++)
            {
                var change = Judge(wildness, series, rho, cuts, k, cutter, places, deviation, options, out double doubt);
                found.Add(change);
                if (doubt > worst) (worst, weakest) = (doubt, k);
            }
            if (weakest < 0) return found;
            cuts.RemoveAt(weakest);
            cutter.Refine(cuts);
        }
        return [];
    }

    /// <summary>Judges one cut. <paramref name="doubt"/> is 0 when it stands, else the larger the sooner it must go.</summary>
    private static ChangePoint Judge(double[] wildness, double[] series, double rho, List<int> cuts, int k, Segmentation cutter, List<int> places, double deviation, ChangePointOptions options, out double doubt)
    {
        int n = series.Length;
        int start = k == 0 ? 0 : cuts[k - 1];
        int end = k == cuts.Count - 1 ? n : cuts[k + 1];
        cutter.Best(cuts, k, PlaceDeviance, out int low, out int high);
        cutter.Cost(start, cuts[k], out double first, out double before);
        cutter.Cost(cuts[k], end, out double after, out double last);
        double gain = cutter.Gain(cuts, k, out double left);
        bool curved = first != before || after != last;
        left = Math.Max(left, WildestNear(wildness, cuts[k], n));
        // Noise may be wilder around this change than over all.
        double p = SearchedPValue(gain / Math.Max(1, left), n);
        bool needsRanks = Math.Min(cuts[k] - start, end - cuts[k]) < Few || (rho < LittleDependence && IsSkewed(series, cuts));
        if (needsRanks && !curved && p <= options.Significance(n)) p = Math.Max(p, RankPValue(series, start, cuts[k], end, rho, n));
        // Where lines meet without a step, the movement along them is the change.
        double size = Math.Abs(after - before);
        double movement = Math.Max(size, Math.Max(Math.Abs(before - first), Math.Abs(last - after)));
        bool slope = movement > size && size < options.MinimumSize * deviation;
        doubt = 0;
        if (movement < options.MinimumSize * deviation) doubt = 2;
        else if (options.MinimumRelativeSize > 0 && size < options.MinimumRelativeSize * Math.Abs(before)) doubt = 2;
        else if (slope && high - low > 2 * Sharpness) doubt = 1.5;
        else if (curved && cutter.GainOverCurve(cuts, k) < OverCurve * left) doubt = 1.2;
        else if (!(p <= options.Significance(n))) doubt = p;
        return new ChangePoint(places[cuts[k]], null, before, after, p, places[Math.Min(low, cuts[k])], places[Math.Max(high, cuts[k])], slope ? ChangeKind.Slope : ChangeKind.Level);
    }

    /// <summary>Ranks do not mind how heavy the noise's tails are: the Mann–Whitney test of the two stretches, widened for dependence and search. In short series neighbouring places give nearly the same ranks, and count for less.</summary>
    private static double RankPValue(double[] series, int start, int at, int end, double rho, int n)
    {
        double inflation = SerialDependence.VarianceInflation(rho, Math.Min(at - start, end - at));
        double local = MannWhitney.Test(series.AsSpan(start, at - start), series.AsSpan(at, end - at), inflation).PValue;
        return AnyOf(local, (double)n * n / (n + 300) * Durations(n));
    }

    internal static double SearchedPValue(double gain, int n)
    {
        if (!(gain > 0)) return 1;
        // The noise is measured on the same points: a t law instead of the normal one, by its likelihood ratio.
        double local = SpecialFunctions.Erfc(Math.Sqrt(n * Math.Log(1 + (gain / n)) / 2));
        return AnyOf(local, n * Durations(n));
    }

    /// <summary>A change may also last any length: how many lengths count beside each place, as measured on noise (docs/objectives.md).</summary>
    private static double Durations(int n) => Math.Max(1, Math.Log(n) - 3.5);

    /// <summary>The chance of one event or more among n of a small chance each; never 0, which no chance is.</summary>
    private static double AnyOf(double chance, double n) => Math.Max(n * chance < 1e-6 ? n * chance : 1 - Math.Exp(-n * chance), double.Epsilon);

    private static double[] AboutFit(double[] series, Segmentation cutter, List<int> cuts, out int parameters)
    {
        int n = series.Length;
        var rest = new double[n];
        int start = 0;
        parameters = 0;
        for (int k = 0; k <= cuts.Count; k++)
        {
            int end = k == cuts.Count ? n : cuts[k];
            cutter.Cost(start, end, out double from, out double to);
            parameters += from == to ? 1 : 2;
            for (int i = start; i < end; i++) rest[i] = series[i] - (end - start < 2 ? from : from + ((to - from) * (i - start) / (end - start - 1)));
            start = end;
        }
        return rest;
    }

    /// <summary>Squared innovations about the fit, in units of their variance, summed up to and without each point.</summary>
    private static double[] Innovations(double[] series, Segmentation cutter, List<int> cuts, double rho, double sigma)
    {
        var rest = AboutFit(series, cutter, cuts, out _);
        var sums = new double[rest.Length + 1];
        for (int i = 0; i < rest.Length; i++)
        {
            double e = (rest[i] - (i == 0 ? 0 : rho * rest[i - 1])) / sigma;
            sums[i + 1] = sums[i] + (e * e);
        }
        return sums;
    }

    /// <summary>Whether the values lean to one side of the stretches' means by more than normal ones do in 99.7 of 100 series.</summary>
    private static bool IsSkewed(double[] series, List<int> cuts)
    {
        int n = series.Length, start = 0;
        double squares = 0, cubes = 0;
        for (int k = 0; k <= cuts.Count; k++)
        {
            int end = k == cuts.Count ? n : cuts[k];
            double mean = 0;
            for (int i = start; i < end; i++) mean += series[i] / (end - start);
            for (int i = start; i < end; i++)
            {
                double e = series[i] - mean;
                squares += e * e / n;
                cubes += e * e * e / n;
            }
            start = end;
        }
        return squares > 0 && Math.Abs(cubes) / Math.Pow(squares, 1.5) > 3 * Math.Sqrt(6.0 / n);
    }

    /// <summary>The larger mean square of the innovations just before and just after a cut; 1 unless it clearly exceeds that.</summary>
    private static double WildestNear(double[] sums, int at, int n)
    {
        int from = Math.Max(0, at - Near), to = Math.Min(n, at + Near);
        double wildest = Math.Max((sums[at] - sums[from]) / (at - from), (sums[to] - sums[at]) / (to - at));
        return wildest > ClearlyWilder ? wildest : 1;
    }

    private static (double Rho, double Sigma) Residuals(double[] series, Segmentation cutter, List<int> cuts)
    {
        int n = series.Length;
        var rest = AboutFit(series, cutter, cuts, out int parameters);
        double squares = 0, products = 0;
        for (int i = 0; i < n; i++)
        {
            squares += rest[i] * rest[i];
            if (i > 0) products += rest[i] * rest[i - 1];
        }
        double raw = squares > 0 ? products / squares : 0;
        // A mean taken out of each stretch lowers the estimate by about (1 + 4ρ)/n a stretch (Kendall, 1954).
        double bias = (1 + (4 * Math.Max(0, raw))) * parameters / n;
        double error = RhoErrors * Math.Sqrt((1 - (raw * raw)) / n);
        double corrected = Math.Clamp(raw + bias + error, 0, LargestRho);
        double innovations = 0;
        for (int i = 1; i < n; i++)
        {
            double e = rest[i] - (corrected * rest[i - 1]);
            innovations += e * e;
        }
        return (corrected, Math.Sqrt(innovations / Math.Max(1, n - 1 - parameters)));
    }

    private static double Deviation(double[] values)
    {
        double mean = 0, squares = 0;
        foreach (double value in values) mean += value / values.Length;
        foreach (double value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / values.Length);
    }
}
