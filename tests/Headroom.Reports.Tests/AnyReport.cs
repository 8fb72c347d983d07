using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Objectives.Trends;
using Headroom.Reports;

namespace Headroom.Reports.Tests;

/// <summary>Reports that hold anything the types allow: hostile names, NaN, infinities, nothing at all.</summary>
internal static class AnyReport
{
    public static ReportModel From(Random random)
    {
        var to = SampleReports.To;
        var names = Many(random, 6, () => HostileText.Any(random)).Distinct().ToArray();
        return new ReportModel
        {
            Title = HostileText.Any(random),
            From = to.AddMinutes(-random.Next(0, 10_000)),
            To = to,
            GeneratedAt = random.Next(2) == 0 ? to : null,
            Version = HostileText.Any(random),
            Status = Status(random, names),
            Before = random.Next(2) == 0 ? Status(random, names) : null,
            Charts = [.. names.Select(name => new KpiChart(name, HostileText.Any(random), HostileText.Any(random), Maybe(random, AnyBound), Maybe(random, AnyBound),
                Many(random, 20, () => new MatrixSeries(AnyLabels(random), Many(random, 30, () => new Point(to.AddMinutes(-random.Next(0, 5_000)).ToUnixTimeMilliseconds(), AnyValue(random))))),
                Many(random, 3, () => new ChartMarker(to.AddMinutes(-random.Next(0, 10_000)), HostileText.Any(random)))))],
            Regressions = Many(random, 60, () => new RegressionFinding(HostileText.Any(random), AnyLabels(random), AnyValue(random), AnyValue(random), AnyValue(random), AnyValue(random), AnyValue(random),
                AnyValue(random), AnyValue(random), (RegressionVerdict)random.Next(4), random.Next(3), random.Next(3))),
        };
    }

    public static double AnyValue(Random random) => random.Next(9) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => double.NegativeInfinity,
        3 => double.MaxValue,
        4 => -double.Epsilon,
        5 => 0,
        _ => (random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-12, 12)),
    };

    private static StatusReport Status(Random random, string[] names) => new(HostileText.Any(random), SampleReports.To,
        [.. names.SelectMany(name => Many(random, 30, () => Kpi(random, name)).OrderByDescending(k => k.Status))]);

    private static KpiStatus Kpi(Random random, string name) => new()
    {
        Name = name,
        Labels = AnyLabels(random),
        Query = HostileText.Any(random),
        Value = Maybe(random, r => (double?)AnyValue(r)),
        Unit = Maybe(random, r => r.Next(2) == 0 ? "s" : HostileText.Any(r)),
        Status = (KpiVerdict)random.Next(4),
        Baseline = Maybe(random, r => new Baseline(AnyValue(r), AnyValue(r))),
        Target = Maybe(random, AnyBound),
        Critical = Maybe(random, AnyBound),
        ChangeFromBaselinePercent = Maybe(random, r => (double?)AnyValue(r)),
        Trend7d = Maybe(random, AnyTrend),
        Trend30d = Maybe(random, AnyTrend),
        Budget = Maybe(random, r => new BudgetUse(AnyValue(r), Maybe(r, q => (double?)AnyValue(q)), HostileText.Any(r))),
        Goals = Many(random, 3, () => new GoalProgress(HostileText.Any(random), random.Next(2) == 0 ? null : new DateOnly(2027, 1, 1), AnyBound(random), (GoalStatus)random.Next(4), AnyValue(random))),
        Notes = Many(random, 2, () => HostileText.Any(random)),
    };

    private static Labels AnyLabels(Random random)
    {
        var labels = Labels.Empty;
        for (int i = random.Next(4); i > 0; i--) labels = labels.With(HostileText.Any(random), HostileText.Any(random));
        return labels;
    }

    private static Bound AnyBound(Random random) => new(HostileText.Any(random), (BoundOperator)random.Next(5), AnyValue(random), AnyValue(random));

    private static Trend AnyTrend(Random random) => new((TrendDirection)random.Next(3), AnyValue(random), AnyValue(random), AnyValue(random), AnyValue(random), AnyValue(random), AnyValue(random));

    private static T? Maybe<T>(Random random, Func<Random, T> make) => random.Next(3) == 0 ? default : make(random);

    private static T[] Many<T>(Random random, int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];
}
