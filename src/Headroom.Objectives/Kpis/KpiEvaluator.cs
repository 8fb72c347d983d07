using System.Globalization;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Trends;

namespace Headroom.Objectives.Kpis;

/// <summary>
/// Judges KPIs against their targets. Whatever a query does, its KPI gets an entry: a value and a judgement, or
/// <see cref="KpiVerdict.NoData"/> with the reason in its notes.
/// </summary>
/// <param name="backend">Where measurements live.</param>
/// <param name="time">Gives the instant judged when the caller names none.</param>
public sealed class KpiEvaluator(IMetricsBackend backend, TimeProvider time)
{
    /// <summary>
    /// Judges KPIs at one instant: by KPI in the order given, and within one its series, worst first.
    /// </summary>
    /// <param name="project">The project's name.</param>
    /// <param name="kpis">What to judge.</param>
    /// <param name="at">The instant; null for now. Fractions of a millisecond are cut off.</param>
    /// <param name="cancel">Stops the work.</param>
    public async ValueTask<StatusReport> EvaluateAsync(string project, IReadOnlyList<KpiDefinition> kpis, DateTimeOffset? at, CancellationToken cancel)
    {
        long instant = (at ?? time.GetUtcNow()).ToUnixTimeMilliseconds();
        var judged = new List<KpiStatus>();
        foreach (var kpi in kpis) judged.AddRange(await EvaluateAsync(kpi, instant, cancel));
        return new StatusReport(project, DateTimeOffset.FromUnixTimeMilliseconds(instant), judged);
    }

    private async ValueTask<IReadOnlyList<KpiStatus>> EvaluateAsync(KpiDefinition kpi, long instant, CancellationToken cancel)
    {
        IReadOnlyList<Measured> measured;
        var notes = new List<string>();
        try
        {
            var result = await backend.QueryAsync(kpi.Query, instant, cancel);
            notes.AddRange(result.Warnings);
            notes.AddRange(result.Infos);
            measured = Read(result.Value);
        }
        catch (PromqlException failure)
        {
            return [Judge(kpi, instant, new Measured(Labels.Empty, null, $"The query failed: {failure.Message}"), notes, null, null)];
        }
        Dictionary<Labels, IReadOnlyList<Point>> week = [], month = [];
        if (measured.Any(m => m.Value is not null))
        {
            week = await SeriesOf(kpi, TrendWindow.Week(kpi.TrendStep), instant, notes, cancel);
            month = await SeriesOf(kpi, TrendWindow.Month(kpi.TrendStep), instant, notes, cancel);
        }
        var judged = measured.Select(m => Judge(kpi, instant, m, notes,
            TrendOf(kpi, m, week, TrendWindow.Week(kpi.TrendStep), instant), TrendOf(kpi, m, month, TrendWindow.Month(kpi.TrendStep), instant)));
        return [.. judged
            .OrderByDescending(s => s.Status)
            .ThenByDescending(s => s.Value is { } value ? kpi.Preference.Badness(value) : double.PositiveInfinity)
            .ThenBy(s => s.Labels)];
    }

    /// <summary>One series' value at the instant, or why it has none.</summary>
    private sealed record Measured(Labels Labels, double? Value, string? Reason);

    private static IReadOnlyList<Measured> Read(QueryValue value) => value switch
    {
        ScalarValue scalar => [Number(Labels.Empty, scalar.Value)],
        VectorValue { Samples.Count: 0 } => [new Measured(Labels.Empty, null, "The query found no series with a value at this time.")],
        VectorValue vector => [.. vector.Samples.Select(s => s.Histogram is null
            ? Number(s.Labels, s.Value)
            : new Measured(s.Labels, null, "The query gives histograms, not numbers: use histogram_quantile(…) or histogram_avg(…)."))],
        MatrixValue => [new Measured(Labels.Empty, null, "The query gives a range of values: use a function such as avg_over_time(…) or last_over_time(…).")],
        _ => [new Measured(Labels.Empty, null, "The query gives a text, not a number.")],
    };

    private static Measured Number(Labels labels, double value) => double.IsFinite(value)
        ? new Measured(labels, value, null)
        : new Measured(labels, null, double.IsNaN(value)
            ? "The query gave NaN, as 0/0 does when there is no traffic."
            : $"The query gave {(value > 0 ? "+Inf" : "-Inf")}, which is no measurement.");

    private async ValueTask<Dictionary<Labels, IReadOnlyList<Point>>> SeriesOf(KpiDefinition kpi, TrendWindow window, long instant, List<string> notes, CancellationToken cancel)
    {
        long step = (long)window.Step.TotalMilliseconds;
        // Counted back from the instant in whole steps, so that the last one is the instant itself.
        long start = instant - ((((long)window.Length.TotalMilliseconds / step) - 1) * step);
        try
        {
            var result = await backend.QueryRangeAsync(kpi.Query, start, instant, step, cancel);
            return result.Value is MatrixValue matrix ? matrix.Series.ToDictionary(s => s.Labels, s => s.Points) : [];
        }
        catch (PromqlException failure)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"No trend over {window.Length.TotalDays} days: {failure.Message}"));
            return [];
        }
    }

    private static Trend? TrendOf(KpiDefinition kpi, Measured measured, Dictionary<Labels, IReadOnlyList<Point>> series, TrendWindow window, long instant) =>
        measured.Value is not null && series.TryGetValue(measured.Labels, out var points)
            ? TrendAnalysis.Analyse(points, window, instant, kpi.Target, kpi.Critical)
            : null;

    private static KpiStatus Judge(KpiDefinition kpi, long instant, Measured measured, List<string> shared, Trend? week, Trend? month)
    {
        var notes = new List<string>();
        if (measured.Reason is not null) notes.Add(measured.Reason);
        if (kpi.Target is null && kpi.Critical is null) notes.Add("There is neither a target nor a critical bound, so the value is shown without judgement.");
        if (week?.Direction == TrendDirection.Unjudged || month?.Direction == TrendDirection.Unjudged)
            notes.Add("It moves, but neither a target nor a critical bound says which way is better.");
        notes.AddRange(shared);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(instant);
        return new KpiStatus
        {
            Name = kpi.Name,
            Labels = measured.Labels,
            Query = kpi.Query,
            Value = measured.Value,
            Unit = kpi.Unit,
            Status = Verdict(kpi, measured.Value),
            Baseline = kpi.Baseline,
            Target = kpi.Target,
            Critical = kpi.Critical,
            ChangeFromBaselinePercent = Change(kpi.Baseline, measured.Value),
            Trend7d = week,
            Trend30d = month,
            Budget = kpi.Budget is { } limit ? PerformanceBudget.Use(limit, measured.Value, kpi.Preference) : null,
            Goals = [.. kpi.Goals.Select(g => GoalTracking.Judge(g, measured.Value, at))],
            Notes = notes,
        };
    }

    private static KpiVerdict Verdict(KpiDefinition kpi, double? value) =>
        value is not { } number ? KpiVerdict.NoData
        : kpi.Critical?.Holds(number) == true ? KpiVerdict.Critical
        : kpi.Target?.Holds(number) == false ? KpiVerdict.Missed
        : KpiVerdict.Met;

    private static double? Change(Baseline? baseline, double? value)
    {
        if (baseline is null || value is null || baseline.Middle == 0) return null;
        double percent = (value.Value - baseline.Middle) / Math.Abs(baseline.Middle) * 100;
        return double.IsFinite(percent) ? percent : null;
    }
}
