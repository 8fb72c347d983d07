using Headroom.Metrics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Kpis;
using Headroom.TestKit;

namespace Headroom.Objectives.Tests.Kpis;

public sealed class KpiEvaluatorTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeBackend _backend = new();

    [Theory]
    [InlineData(0.08, KpiVerdict.Met)]
    [InlineData(0.1, KpiVerdict.Missed)]
    [InlineData(0.5, KpiVerdict.Missed)]
    [InlineData(0.51, KpiVerdict.Critical)]
    public async Task A_value_is_judged_against_target_and_critical_bound(double value, KpiVerdict expected)
    {
        _backend.Gives("q", value);
        Assert.Equal(expected, (await One(Kpi("< 0.1", "> 0.5"))).Status);
    }

    [Theory]
    [InlineData(null, null, 5, KpiVerdict.Met)]
    [InlineData(null, "> 4", 5, KpiVerdict.Critical)]
    [InlineData(null, "> 4", 3, KpiVerdict.Met)]
    [InlineData("> 4", null, 3, KpiVerdict.Missed)]
    [InlineData("70..80", "> 90", 60, KpiVerdict.Missed)]
    [InlineData("70..80", "> 90", 85, KpiVerdict.Missed)]
    [InlineData("70..80", "> 90", 91, KpiVerdict.Critical)]
    [InlineData("70..80", "> 90", 75, KpiVerdict.Met)]
    public async Task Every_combination_of_bounds_has_an_answer(string? target, string? critical, double value, KpiVerdict expected)
    {
        _backend.Gives("q", value);
        var status = await One(Kpi(target, critical));
        Assert.Equal(expected, status.Status);
        Assert.Equal(target is null && critical is null, status.Notes.Any(n => n.Contains("without judgement", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public async Task What_is_no_number_is_no_data_and_never_met(double value, string note)
    {
        _backend.Gives("q", value);
        var status = await One(Kpi("< 0.1", null));
        Assert.Equal((KpiVerdict.NoData, (double?)null), (status.Status, status.Value));
        Assert.Contains(note, status.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_absent_series_is_no_data_and_no_history_is_read()
    {
        var status = await One(Kpi("< 0.1", null));
        Assert.Equal(KpiVerdict.NoData, status.Status);
        Assert.NotEmpty(status.Notes);
        Assert.Empty(_backend.Ranges);
    }

    [Fact]
    public async Task A_query_that_fails_is_no_data_with_the_reason()
    {
        _backend.Fails("q", "many-to-many matching not allowed");
        Assert.Contains("many-to-many", (await One(Kpi("< 0.1", null))).Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_that_are_no_numbers_say_what_to_use()
    {
        _backend.Answers("q", t => new VectorValue([new VectorSample(Labels.Empty, t, 0, new Histogram())]));
        Assert.Contains("histogram_quantile", (await One(Kpi("< 0.1", null))).Notes[0], StringComparison.Ordinal);
        _backend.Answers("q", _ => new MatrixValue([]));
        Assert.Contains("avg_over_time", (await One(Kpi("< 0.1", null))).Notes[0], StringComparison.Ordinal);
        _backend.Answers("q", t => new StringValue(t, "x"));
        Assert.Equal(KpiVerdict.NoData, (await One(Kpi("< 0.1", null))).Status);
        _backend.Answers("q", t => new ScalarValue(t, 0.05));
        Assert.Equal(KpiVerdict.Met, (await One(Kpi("< 0.1", null))).Status);
    }

    [Fact]
    public async Task Series_are_judged_one_by_one_worst_first()
    {
        _backend.Gives("q", ("ok", _ => 0.05), ("slow", _ => 0.3), ("dead", _ => double.NaN), ("slower", _ => 0.4), ("broken", _ => 0.9), ("fine", _ => 0.06));
        var report = await Evaluate(Kpi("< 0.1", "> 0.5"));
        Assert.Equal(["broken", "slower", "slow", "dead", "fine", "ok"], report.Kpis.Select(k => k.Labels["service"]));
    }

    [Fact]
    public async Task Worst_first_follows_the_better_way()
    {
        _backend.Gives("q", ("a", _ => 3), ("b", _ => 1), ("c", _ => 2));
        Assert.Equal(["b", "c", "a"], (await Evaluate(Kpi("> 10", null))).Kpis.Select(k => k.Labels["service"]));
        _backend.Gives("q", ("a", _ => 60), ("b", _ => 95), ("c", _ => 75));
        Assert.Equal(["b", "a", "c"], (await Evaluate(Kpi("70..80", null))).Kpis.Select(k => k.Labels["service"]));
    }

    [Fact]
    public async Task The_kpis_keep_their_order_and_the_instant_is_now_by_default()
    {
        _backend.Gives("q", 1).Gives("r", 2);
        var evaluator = new KpiEvaluator(_backend, new VirtualTimeProvider(Now));
        var report = await evaluator.EvaluateAsync("shop", [Kpi(null, null) with { Name = "z", Query = "r" }, Kpi(null, null) with { Name = "a" }], null, TestContext.Current.CancellationToken);
        Assert.Equal(["z", "a"], report.Kpis.Select(k => k.Name));
        Assert.Equal(("shop", Now), (report.Project, report.At));
    }

    [Theory]
    [InlineData("0.120", 0.09, -25)]
    [InlineData("40..50", 54, 20)]
    [InlineData("-10", -5, 50)]
    public async Task Change_is_reckoned_from_the_middle_of_the_baseline(string baseline, double value, double percent)
    {
        Assert.True(Baseline.TryParse(baseline, out var from, out _));
        _backend.Gives("q", value);
        Assert.Equal(percent, (await One(Kpi(null, null) with { Baseline = from })).ChangeFromBaselinePercent!.Value, 9);
    }

    [Fact]
    public async Task A_baseline_of_zero_has_no_percentage()
    {
        _backend.Gives("q", 4);
        Assert.Null((await One(Kpi(null, null) with { Baseline = new Baseline(0, 0) })).ChangeFromBaselinePercent);
    }

    /// <summary>The metrics-tracking document's "Budget Utilization": 47.5%, 10%, 100% and 93% of budget.</summary>
    [Theory]
    [InlineData("< 200", 200, 95, 47.5)]
    [InlineData("< 1", 1, 0.1, 10)]
    [InlineData("> 99.9", 99.9, 99.9, 100)]
    [InlineData("< 300", 300, 279, 93)]
    [InlineData("> 100", 100, 200, 50)]
    public async Task Budgets_are_used_as_the_document_reckons(string target, double budget, double value, double percent)
    {
        _backend.Gives("q", value);
        Assert.Equal(percent, (await One(Kpi(target, null) with { Budget = budget })).Budget!.UsedPercent!.Value, 9);
    }

    [Theory]
    [InlineData("70..80", 75.0)]
    [InlineData(null, 75.0)]
    [InlineData("> 5", 0.0)]
    [InlineData("< 5", null)]
    public async Task Where_a_budget_does_not_apply_it_says_why(string? target, double? value)
    {
        _backend.Gives("q", _ => value);
        var budget = (await One(Kpi(target, null) with { Budget = 100 })).Budget!;
        Assert.Null(budget.UsedPercent);
        Assert.NotNull(budget.Note);
    }

    [Theory]
    [InlineData("< 0.08", 0.07, "2026-03-04", GoalStatus.Reached, 0.0)]
    [InlineData("< 0.08", 0.1, "2026-03-04", GoalStatus.Open, 20.0)]
    [InlineData("< 0.08", 0.1, "2026-03-03", GoalStatus.Overdue, 20.0)]
    [InlineData("< 0.08", 0.1, null, GoalStatus.Open, 20.0)]
    [InlineData("> 200", 100.0, null, GoalStatus.Open, 100.0)]
    [InlineData("70..80", 100.0, null, GoalStatus.Open, 20.0)]
    [InlineData("> 5", 0.0, null, GoalStatus.Open, null)]
    [InlineData("> 5", null, null, GoalStatus.NoData, null)]
    public async Task Goals_are_followed_to_their_day(string target, double? value, string? by, GoalStatus status, double? remaining)
    {
        _backend.Gives("q", _ => value);
        var goal = new GoalDefinition("short", by is null ? null : DateOnly.ParseExact(by, "yyyy-MM-dd"), Bound.Parse(target));
        var progress = Assert.Single((await One(Kpi(null, null) with { Goals = [goal] })).Goals);
        Assert.Equal(status, progress.Status);
        if (remaining is null) Assert.Null(progress.RemainingPercent);
        else Assert.Equal(remaining.Value, progress.RemainingPercent!.Value, 9);
    }

    [Fact]
    public async Task Annotations_become_notes()
    {
        _backend.Gives("q", 1).Warnings.Add("metric might not be a counter");
        Assert.Contains("metric might not be a counter", (await One(Kpi("< 5", null))).Notes);
    }

    [Fact]
    public async Task Trends_look_back_from_the_instant_itself()
    {
        _backend.Gives("q", 1);
        await One(Kpi("< 5", null));
        long now = Now.ToUnixTimeMilliseconds();
        Assert.Equal([("q", now - 604_800_000 + 900_000, now, 900_000L), ("q", now - 2_592_000_000 + 3_600_000, now, 3_600_000L)], _backend.Ranges);
    }

    private static KpiDefinition Kpi(string? target, string? critical) => new()
    {
        Name = "k",
        Query = "q",
        Target = target is null ? null : Bound.Parse(target),
        Critical = critical is null ? null : Bound.Parse(critical),
    };

    private async Task<KpiStatus> One(KpiDefinition kpi) => Assert.Single((await Evaluate(kpi)).Kpis);

    private async Task<StatusReport> Evaluate(KpiDefinition kpi) =>
        await new KpiEvaluator(_backend, new VirtualTimeProvider()).EvaluateAsync("shop", [kpi], Now, TestContext.Current.CancellationToken);
}
