using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Objectives.Trends;
using Headroom.Reports;

namespace Headroom.Reports.Tests;

/// <summary>Reports as the program would make them, from a seeded generator.</summary>
internal static class SampleReports
{
    public static readonly DateTimeOffset To = new(2026, 1, 15, 9, 0, 0, TimeSpan.Zero);

    private const string LatencyQuery = "histogram_quantile(0.95, sum by (endpoint) (rate(http_request_duration_seconds[5m])))";

    /// <summary>A day of a shop: ranges, several series, gaps, trends, budgets, goals, regressions, a KPI without data.</summary>
    public static ReportModel Daily()
    {
        var from = To.AddDays(-1);
        var deployment = new ChartMarker(To.AddHours(-7), "deploy 4f2c");
        var random = new Random(5);
        KpiStatus[] kpis =
        [
            Kpi("Latency p95", LatencyQuery, "s", 0.0448, KpiVerdict.Critical, Bound("< 0.030"), Bound("> 0.040"), new Baseline(0.025, 0.025), 79.2,
                Trending(TrendDirection.Degrading, 0.0251, 0.0448, 0.021, 0.061), Trending(TrendDirection.Stable, 0.0262, 0.0271, 0.019, 0.061),
                new BudgetUse(0.050, 89.6, null), [new GoalProgress("short", new DateOnly(2026, 1, 31), Bound("< 0.020"), GoalStatus.Open, 55.4)], ("endpoint", "search")),
            Kpi("Latency p95", LatencyQuery, "s", 0.0291, KpiVerdict.Met, Bound("< 0.030"), Bound("> 0.040"), new Baseline(0.025, 0.025), 16.4,
                Trending(TrendDirection.Stable, 0.0288, 0.0291, 0.021, 0.033), null, new BudgetUse(0.050, 58.2, null), [], ("endpoint", "orders")),
            Kpi("Latency p95", LatencyQuery, "s", 0.0099, KpiVerdict.Met, Bound("< 0.030"), Bound("> 0.040"), new Baseline(0.025, 0.025), -60.4,
                Trending(TrendDirection.Improving, 0.0121, 0.0099, 0.009, 0.013), null, new BudgetUse(0.050, 19.8, null), [], ("endpoint", "users")),
            Kpi("Error rate", "sum(rate(http_requests_total{code=~\"5..\"}[5m]))\n  / sum(rate(http_requests_total[5m]))", "ratio", 0.0021, KpiVerdict.Met, Bound("< 0.01"), Bound("> 0.05"),
                new Baseline(0.005, 0.005), -58, Trending(TrendDirection.Improving, 0.004, 0.0021, 0.001, 0.006), Trending(TrendDirection.Improving, 0.006, 0.0021, 0.001, 0.012),
                new BudgetUse(0.01, 21, null), [new GoalProgress("medium", new DateOnly(2026, 4, 1), Bound("< 0.001"), GoalStatus.Open, 52), new GoalProgress("short", null, Bound("< 0.005"), GoalStatus.Reached, 0)]),
            Kpi("Availability", "avg_over_time(probe_success[1d])", "%", 99.953, KpiVerdict.Met, Bound("> 99.9"), Bound("< 99"), null, null,
                Trending(TrendDirection.Stable, 99.95, 99.953, 99.7, 100), null, new BudgetUse(99.9, 99.95, null), []),
            Kpi("CPU utilisation", "avg by (service) (aws_ecs_cpuutilization_average)", "%", 61.2, KpiVerdict.Missed, Bound("70..80"), Bound("> 90"), new Baseline(40, 50), 36,
                Trending(TrendDirection.Stable, 60.1, 61.2, 38, 77), null, new BudgetUse(90, null, "a budget does not apply to a range"), []),
            Kpi("Throughput", "sum(rate(http_requests_total[5m]))", "req/s", 118.4, KpiVerdict.Met, Bound("> 100"), null, new Baseline(100, 100), 18.4, null, null, null,
                [new GoalProgress("short", new DateOnly(2026, 1, 10), Bound("> 150"), GoalStatus.Overdue, 26.7)]),
            Kpi("Queue depth", "max(aws_sqs_approximate_number_of_messages_visible)", null, null, KpiVerdict.NoData, Bound("< 100"), null, null, null, null, null, null, []) with { Notes = ["no series matched"] },
        ];
        return new ReportModel
        {
            Title = "Daily report",
            From = from,
            To = To,
            GeneratedAt = To.AddSeconds(12),
            Status = new StatusReport("checkout", To, kpis),
            Charts =
            [
                new KpiChart("Latency p95", LatencyQuery, "s", Bound("< 0.030"), Bound("> 0.040"),
                    [
                        Series(random, from, 0.028, 0.04, [], ("endpoint", "orders")), Series(random, from, 0.0251, 0.07, [(17 * 60, 1.78)], ("endpoint", "search")),
                        Series(random, from, 0.0099, 0.03, [], ("endpoint", "users")),
                    ], [deployment]),
                new KpiChart("Error rate", kpis[3].Query, "ratio", Bound("< 0.01"), Bound("> 0.05"), [Series(random, from, 0.0022, 0.25, [(600, 2.5), (660, 1)])], [deployment]),
                new KpiChart("Availability", kpis[4].Query, "%", Bound("> 99.9"), Bound("< 99"), [Availability(random, from)], []),
                new KpiChart("CPU utilisation", kpis[5].Query, "%", Bound("70..80"), Bound("> 90"), [WithGap(Series(random, from, 58, 0.05, [(500, 1.3), (900, 1)], ("service", "api")))], []),
                new KpiChart("Throughput", kpis[6].Query, "req/s", Bound("> 100"), null, [Series(random, from, 118, 0.06, [(120, 0.8), (400, 1.0)])], [deployment]),
                new KpiChart("Queue depth", kpis[7].Query, null, Bound("< 100"), null, [], []),
            ],
            Regressions =
            [
                Finding("search", 0.0251, 0.0448, 78.5, 70.2, 86.9, 0.00002, 0.99, RegressionVerdict.Regression),
                Finding("orders", 0.0279, 0.0291, 4.3, -1.2, 9.8, 0.21, 0.58, RegressionVerdict.Unchanged),
                Finding("users", 0.0131, 0.0099, -24.4, -29.1, -20.3, 0.0004, 0.08, RegressionVerdict.Improvement),
                Finding("sign", 0, 0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, RegressionVerdict.NoData),
            ],
        };
    }

    /// <summary>What <c>headroom demo</c> has: a minute, a before and an after.</summary>
    public static ReportModel Demo()
    {
        var to = To;
        var from = to.AddSeconds(-50);
        var random = new Random(9);
        KpiStatus Row(string endpoint, double value, KpiVerdict status) =>
            Kpi("p95 response time", LatencyQuery, "s", value, status, Bound("< 0.060"), Bound("> 0.250"), null, null, null, null, new BudgetUse(0.100, value * 1000, null), [], ("endpoint", endpoint));
        MatrixSeries Line(string endpoint, double level, double factor) => new(Labels.From(new Label("endpoint", endpoint)),
            [.. Enumerable.Range(0, 51).Select(i => new Point(from.AddSeconds(i).ToUnixTimeMilliseconds(), level * (i > 26 ? factor : 1) * Math.Exp(0.06 * Normal(random))))]);
        return new ReportModel
        {
            Title = "Demo",
            From = from,
            To = to,
            GeneratedAt = to,
            Before = new StatusReport("Headroom.Shop", from.AddSeconds(25), [Row("search", 0.0481, KpiVerdict.Met), Row("orders", 0.0312, KpiVerdict.Met), Row("users", 0.0097, KpiVerdict.Met)]),
            Status = new StatusReport("Headroom.Shop", to, [Row("search", 0.0871, KpiVerdict.Missed), Row("orders", 0.0309, KpiVerdict.Met), Row("users", 0.0098, KpiVerdict.Met)]),
            Charts =
            [
                new KpiChart("p95 response time", LatencyQuery, "s", Bound("< 0.060"), Bound("> 0.250"), [Line("orders", 0.031, 1), Line("search", 0.048, 1.8), Line("users", 0.0097, 1)],
                    [new ChartMarker(from.AddSeconds(26), "after change")]),
            ],
            Regressions = [Finding("search", 0.0481, 0.0871, 81.1, 72, 90.5, 0.0003, 1, RegressionVerdict.Regression)],
        };
    }

    public static Bound Bound(string text)
    {
        if (text.Split("..") is [var low, var high]) return new Bound(text, BoundOperator.Within, Number(low), Number(high));
        double value = Number(text.TrimStart('<', '>', '=', ' '));
        var comparison = text[0] == '<' ? text[1] == '=' ? BoundOperator.LessOrEqual : BoundOperator.Less : text[1] == '=' ? BoundOperator.GreaterOrEqual : BoundOperator.Greater;
        return new Bound(text, comparison, value, value);
    }

    public static KpiStatus Kpi(string name, double? value, KpiVerdict status, string? unit = "s") => new() { Name = name, Labels = Labels.Empty, Query = name, Value = value, Unit = unit, Status = status };

    public static ReportModel Of(params KpiStatus[] kpis) => new() { Title = "Test", From = To.AddHours(-1), To = To, Status = new StatusReport("project", To, kpis) };

    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static RegressionFinding Finding(string endpoint, double before, double after, double change, double low, double high, double p, double effect, RegressionVerdict verdict) =>
        new(LatencyQuery, Labels.From(new Label("endpoint", endpoint)), before, after, change, low, high, p, effect, verdict, verdict == RegressionVerdict.NoData ? 0 : 12, 12);

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static KpiStatus Kpi(
        string name, string query, string? unit, double? value, KpiVerdict status, Bound? target, Bound? critical, Baseline? baseline, double? change,
        Trend? week, Trend? month, BudgetUse? budget, IReadOnlyList<GoalProgress> goals, params (string Name, string Value)[] labels) => new()
        {
            Name = name, Query = query, Unit = unit, Value = value, Status = status, Target = target, Critical = critical, Baseline = baseline, ChangeFromBaselinePercent = change,
            Trend7d = week, Trend30d = month, Budget = budget, Goals = goals, Labels = Labels.From([.. labels.Select(l => new Label(l.Name, l.Value))]),
        };

    private static Trend Trending(TrendDirection direction, double from, double to, double low, double high) => new(direction, from, to, low, high, 0.01, (to - from) / 7);

    private static MatrixSeries Series(Random random, DateTimeOffset from, double level, double noise, (int Minute, double Factor)[] shifts, params (string Name, string Value)[] labels)
    {
        var points = new List<Point>();
        for (int minute = 0; minute <= 1440; minute += 2)
        {
            double factor = shifts.LastOrDefault(s => s.Minute <= minute, (0, 1)).Factor * (1 + (0.08 * Math.Sin(minute / 1440.0 * 2 * Math.PI)));
            points.Add(new Point(from.AddMinutes(minute).ToUnixTimeMilliseconds(), level * factor * Math.Exp(noise * Normal(random))));
        }
        return new MatrixSeries(Labels.From([.. labels.Select(l => new Label(l.Name, l.Value))]), points);
    }

    private static MatrixSeries Availability(Random random, DateTimeOffset from) =>
        new(Labels.Empty, [.. Enumerable.Range(0, 97).Select(i => new Point(from.AddMinutes(15 * i).ToUnixTimeMilliseconds(), i is > 40 and < 46 ? 99.72 + (0.03 * random.NextDouble()) : 99.94 + (0.06 * random.NextDouble())))]);

    private static MatrixSeries WithGap(MatrixSeries series) => series with { Points = [.. series.Points.Where((_, i) => i is < 300 or > 380)] };
}
