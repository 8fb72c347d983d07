using Headroom.Objectives.Histories;
using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Forecasting;

/// <summary>
/// Continues a series:
/// 1. gaps are filled, and at most the last 4,000 points are looked at;
/// 2. seasons are found in the data, the time between points suggesting some;
/// 3. simple models are back-tested: each continues the series from earlier points, as far ahead as is asked;
/// 4. their continuations are averaged with weights by their back-test errors (Bates and Granger, "The Combination of Forecasts", 1969);
/// 5. the 95% interval comes from the same average's errors in the back-tests (split conformal prediction), not from a model's assumptions.
/// </summary>
public static class Forecaster
{
    /// <summary>The furthest that is forecast, in points.</summary>
    public const int LongestHorizon = 10_000;

    private const int LongestHistory = 4_000;
    private const int WeightFolds = 3;
    private const int IntervalFolds = 8;

    // Of 2, 3 and 4 the best on M4's hourly series is 3 (0.463 to 0.487 OWA; reference of the field), a flat optimum.
    private const double ErrorPower = 3;

    /// <summary>Forecasts; no points when the series has no finite value.</summary>
    /// <param name="values">In time order, of equal steps; NaN and infinities are gaps.</param>
    /// <param name="horizon">Points ahead, from 1.</param>
    /// <param name="likelyPeriods">Periods that the distance of points suggests.</param>
    public static Forecast Continue(ReadOnlySpan<double> values, int horizon, IReadOnlyList<int>? likelyPeriods = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(horizon, LongestHorizon);
        // Points that are missing at the end are forecast too, and not shown.
        int missing = 0;
        while (missing < values.Length && !double.IsFinite(values[^(missing + 1)])) missing++;
        if (missing == values.Length) return new Forecast([], [], [], 0);
        var forecast = Ahead(values[..^missing], Math.Min(horizon + missing, LongestHorizon + horizon), likelyPeriods);
        return missing == 0 ? forecast : forecast with { Points = [.. forecast.Points.TakeLast(horizon)] };
    }

    private static Forecast Ahead(ReadOnlySpan<double> values, int horizon, IReadOnlyList<int>? likelyPeriods)
    {
        // 1.
        var history = Gaps.Fill(values[Math.Max(0, values.Length - LongestHistory)..]);
        int n = history.Length;
        if (n == 0) return new Forecast([], [], [], 0);
        double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;
        foreach (double value in history) (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
        if (lowest == highest || n < 4)
        {
            double bound = lowest == highest && n > 1 ? history[^1] : double.NaN;
            return new Forecast([.. Enumerable.Repeat(new ForecastPoint(null, history[^1], bound, bound), horizon)], [("last value", 1)], [], 0);
        }
        // 2.
        var periods = Periods(history, likelyPeriods);
        var models = Models(periods, n, horizon, out int least);
        // 3.
        var tests = new BackTests(history, models, horizon, WeightFolds, IntervalFolds, least);
        // 4.
        var weights = tests.Weights(ErrorPower);
        var sum = new double[horizon];
        var one = new double[horizon];
        for (int m = 0; m < models.Count; m++)
        {
            if (weights[m] == 0) continue;
            models[m].Fit(history);
            models[m].Continue(history, one);
            for (int h = 0; h < horizon; h++) sum[h] += weights[m] * one[h];
        }
        // 5.
        var width = tests.Widths(weights);
        var points = new ForecastPoint[horizon];
        for (int h = 0; h < horizon; h++)
        {
            double value = double.IsFinite(sum[h]) ? sum[h] : history[^1];
            double lower = value - width[h], upper = value + width[h];
            if (lowest >= 0) (value, lower, upper) = (Math.Max(0, value), Math.Max(0, lower), Math.Max(0, upper));
            points[h] = new ForecastPoint(null, value, lower, upper);
        }
        return new Forecast(points, [.. models.Select((m, i) => (m.Name, weights[i])).Where(w => w.Item2 > 0)], periods, tests.Folds);
    }

    /// <summary>Forecasts a history; missing rows count as gaps. Times go on by the history's step.</summary>
    public static Forecast Continue(History history, int horizon)
    {
        var (grid, _) = history.OnGrid();
        var forecast = Continue(grid, horizon, history.LikelyPeriods);
        if (history.Times is not { Length: > 0 } times || history.Step == 0) return forecast;
        return forecast with { Points = [.. forecast.Points.Select((p, h) => p with { Time = times[^1] + ((h + 1) * history.Step) })] };
    }

    private static List<int> Periods(double[] history, IReadOnlyList<int>? likely)
    {
        var found = new List<int>();
        if (Season.Find(history, likely is null ? [] : likely.ToArray()) is not { } season) return found;
        found.Add(season.Period);
        var rest = history.ToArray();
        season.RemoveFrom(rest);
        int outer = Season.Outer(rest, season.Period)?.Period ?? 0;
        // A week may matter before it can be proved; the back-test has the last word.
        if (outer == 0 && likely is not null)
            foreach (int period in likely)
                if (period > season.Period && period % season.Period == 0 && 2 * period <= history.Length)
                    outer = period;
        if (outer > 0) found.Add(outer);
        return found;
    }

    private static List<IForecastModel> Models(List<int> periods, int n, int horizon, out int least)
    {
        least = 4;
        if (periods.Count == 0) return [new SeasonalNaive(1), new HoltWinters(1), new SeasonalMean(1, 30), new SeasonalMean(1, 200)];
        int inner = periods[0];
        least = 2 * inner;
        var models = new List<IForecastModel> { new SeasonalNaive(inner), new HoltWinters(inner), new SeasonalMean(inner, 4), new SeasonalDrift(inner) };
        // A longer season speaks only where a back-test can hear it.
        if (periods.Count > 1 && n >= (2 * periods[1]) + Math.Min(horizon, inner))
        {
            least = Math.Max(least, periods[1] + inner);
            models.AddRange([new SeasonalNaive(periods[1]), new LevelledNaive(periods[1], inner), new SeasonalMean(periods[1], 3)]);
        }
        return models;
    }
}
