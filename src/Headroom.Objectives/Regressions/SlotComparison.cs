using Headroom.Metrics;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Regressions;

/// <summary>Compares the time slots of one series in two windows, and judges the comparisons of many series together.</summary>
public static class SlotComparison
{
    /// <summary>
    /// Judges every series. A finding needs all of: a change of the median beyond the tolerance, a p-value below the significance
    /// after Holm's correction over all series, and a 95% confidence interval without zero.
    /// </summary>
    /// <param name="series">The series with their slots in time order; values are finite.</param>
    /// <param name="options">Tolerance, significance and seed.</param>
    public static IReadOnlyList<RegressionFinding> Judge(IReadOnlyList<SlottedSeries> series, BeforeAfterOptions options)
    {
        int least = Math.Max(4, options.MinimumSlots);
        var measured = new RegressionFinding[series.Count];
        var raw = new double[series.Count];
        for (int i = 0; i < series.Count; i++)
        {
            measured[i] = Measure(series[i], least, options);
            raw[i] = measured[i].Verdict == RegressionVerdict.NoData ? double.NaN : measured[i].PValue;
        }
        var adjusted = Holm.Adjust(raw);
        for (int i = 0; i < series.Count; i++)
            if (!double.IsNaN(raw[i]))
                measured[i] = Decide(measured[i] with { PValue = adjusted[i] }, series[i].Better, options);
        return [.. measured.OrderBy(f => Rank(f.Verdict)).ThenByDescending(f => Math.Abs(f.ChangePercent))];
    }

    private static RegressionFinding Measure(SlottedSeries series, int least, BeforeAfterOptions options)
    {
        var (before, after) = (series.Before, series.After);
        double baseline = Order.Median(before);
        double candidate = Order.Median(after);
        if (before.Length < least || after.Length < least)
        {
            return new RegressionFinding(series.Query, series.Labels, baseline, candidate, double.NaN, double.NaN, double.NaN, 1, 0.5,
                RegressionVerdict.NoData, before.Length, after.Length);
        }
        double inflation = SerialDependence.OfWindows(before, after, out double rho);
        var test = MannWhitney.Test(before, after, inflation);
        // A seed of its own for each series would make the answer depend on how many are compared.
        var (low, high) = BlockBootstrap.RelativeChangeOfMedians(before, after, rho, 0.95, options.Resamples, new Random(options.Seed));
        return new RegressionFinding(series.Query, series.Labels, baseline, candidate, BlockBootstrap.RelativeChange(baseline, candidate) * 100,
            low * 100, high * 100, test.PValue, test.EffectSize, RegressionVerdict.Unchanged, before.Length, after.Length);
    }

    private static RegressionFinding Decide(RegressionFinding finding, Preference better, BeforeAfterOptions options)
    {
        bool beyond = Math.Abs(finding.ChangePercent) > options.TolerancePercent;
        bool certain = finding.ChangeLowPercent > 0 || finding.ChangeHighPercent < 0;
        if (!beyond || !certain || finding.PValue >= options.Significance) return finding;
        if (better.Direction == BetterDirection.Unknown) better = Preference.Lower;
        double worse = better.Badness(finding.Candidate) - better.Badness(finding.Baseline);
        return finding with { Verdict = worse > 0 ? RegressionVerdict.Regression : worse < 0 ? RegressionVerdict.Improvement : RegressionVerdict.Unchanged };
    }

    private static int Rank(RegressionVerdict verdict) => verdict switch
    {
        RegressionVerdict.Regression => 0,
        RegressionVerdict.Improvement => 1,
        RegressionVerdict.NoData => 2,
        _ => 3,
    };
}

/// <summary>One series cut into time slots in two windows.</summary>
/// <param name="Query">The query that gave it.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Better">Which way is better.</param>
/// <param name="Before">The base window's slots with data, in time order.</param>
/// <param name="After">The other window's slots with data, in time order.</param>
public sealed record SlottedSeries(string Query, Labels Labels, Preference Better, double[] Before, double[] After);
