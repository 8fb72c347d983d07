using Headroom.Metrics;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Objectives.Tests.ErrorRates;

namespace Headroom.Objectives.Tests.Regressions;

public sealed class BeforeAfterTests
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeWindow Before = new(Start, Start.AddMinutes(20));
    private static readonly TimeWindow After = new(Start.AddMinutes(30), Start.AddMinutes(50));

    private readonly FakeBackend _backend = new();
    private readonly Noise _noise = new(5);

    [Fact]
    public async Task A_slower_endpoint_is_named_and_the_others_are_not()
    {
        _backend.Gives("latency_seconds", ("search", Level(0.1, 0.2)), ("users", Level(0.05, 0.051)), ("orders", Level(0.2, 0.1)), ("sign", Level(0.3, 0.33)));
        var findings = await Compare(Comparison.Of("latency_seconds"));
        Assert.Equal(
            [("search", RegressionVerdict.Regression), ("orders", RegressionVerdict.Improvement)],
            findings.Take(2).Select(f => (f.Labels["service"], f.Verdict)));
        Assert.All(findings.Skip(2), f => Assert.Equal(RegressionVerdict.Unchanged, f.Verdict));
        var worst = findings[0];
        Assert.InRange(worst.ChangePercent, 90, 110);
        Assert.InRange(worst.ChangeLowPercent, 80, worst.ChangePercent);
        Assert.InRange(worst.ChangeHighPercent, worst.ChangePercent, 120);
        Assert.True(worst.PValue < 0.001);
        Assert.Equal((1, 20, 20), (worst.EffectSize, worst.BaselineSlots, worst.CandidateSlots));
    }

    [Fact]
    public async Task A_significant_change_within_the_tolerance_is_none()
    {
        _backend.Gives("latency_seconds", Level(0.1, 0.115));
        var finding = Assert.Single(await Compare(Comparison.Of("latency_seconds")));
        Assert.Equal((RegressionVerdict.Unchanged, true), (finding.Verdict, finding.PValue < 0.001));
        finding = Assert.Single(await Compare(Comparison.Of("latency_seconds"), new BeforeAfterOptions { TolerancePercent = 5 }));
        Assert.Equal(RegressionVerdict.Regression, finding.Verdict);
    }

    [Fact]
    public async Task A_large_change_that_noise_explains_is_none()
    {
        _backend.Gives("latency_seconds", t => Math.Exp(2 * _noise.Gauss()));
        Assert.Equal(RegressionVerdict.Unchanged, Assert.Single(await Compare(Comparison.Of("latency_seconds"))).Verdict);
    }

    [Fact]
    public async Task The_better_way_decides()
    {
        _backend.Gives("q", Level(100, 50));
        Assert.Equal(RegressionVerdict.Improvement, Assert.Single(await Compare(new Comparison("q", Preference.Lower))).Verdict);
        Assert.Equal(RegressionVerdict.Regression, Assert.Single(await Compare(new Comparison("q", Preference.Higher))).Verdict);
        Assert.Equal(RegressionVerdict.Improvement, Assert.Single(await Compare(new Comparison("q", Preference.Unknown))).Verdict);
        Assert.Equal(RegressionVerdict.Regression, Assert.Single(await Compare(new Comparison("q", new Preference(BetterDirection.Inside, 90, 110)))).Verdict);
    }

    [Fact]
    public async Task From_nothing_to_something_is_a_regression()
    {
        _backend.Gives("errors", t => t <= Before.To.ToUnixTimeMilliseconds() ? 0 : 0.05 + (0.001 * _noise.Gauss()));
        var finding = Assert.Single(await Compare(Comparison.Of("errors")));
        Assert.Equal((RegressionVerdict.Regression, double.PositiveInfinity), (finding.Verdict, finding.ChangePercent));
        _backend.Gives("errors", 0);
        Assert.Equal((RegressionVerdict.Unchanged, 0), ((await Compare(Comparison.Of("errors")))[0].Verdict, (await Compare(Comparison.Of("errors")))[0].ChangePercent));
    }

    [Fact]
    public async Task Too_few_slots_are_no_data()
    {
        _backend.Gives("latency_seconds", t => t % 600_000 == 0 ? 1 : null);
        var finding = Assert.Single(await Compare(Comparison.Of("latency_seconds")));
        Assert.Equal((RegressionVerdict.NoData, 2, 2), (finding.Verdict, finding.BaselineSlots, finding.CandidateSlots));
    }

    [Fact]
    public async Task A_series_in_one_window_only_is_no_data()
    {
        _backend.Gives("latency_seconds", ("new", t => t > Before.To.ToUnixTimeMilliseconds() ? 1 : null), ("old", t => t > Before.To.ToUnixTimeMilliseconds() ? null : 1));
        Assert.All(await Compare(Comparison.Of("latency_seconds")), f => Assert.Equal(RegressionVerdict.NoData, f.Verdict));
    }

    [Fact]
    public async Task A_query_that_fails_is_noted_and_the_others_are_compared()
    {
        _backend.Fails("broken", "parse error").Gives("latency_seconds", Level(0.1, 0.2));
        var result = await new BeforeAfter(_backend).CompareAsync([Comparison.Of("broken"), Comparison.Of("latency_seconds")], Before, After, TimeSpan.FromMinutes(1), null, TestContext.Current.CancellationToken);
        Assert.Single(result.Findings);
        Assert.Contains("parse error", Assert.Single(result.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_data_give_the_same_answer()
    {
        var values = Enumerable.Range(0, 100).ToDictionary(i => Start.AddMinutes(i).ToUnixTimeMilliseconds(), _ => 1 + (0.2 * _noise.Gauss()));
        _backend.Gives("latency_seconds", t => values[t]);
        Assert.Equal(await Compare(Comparison.Of("latency_seconds")), await Compare(Comparison.Of("latency_seconds")));
    }

    [Fact]
    public async Task Slots_end_inside_their_window()
    {
        _backend.Gives("latency_seconds", 1);
        await Compare(Comparison.Of("latency_seconds"));
        Assert.Equal(
            [("latency_seconds", Before.From.AddMinutes(1).ToUnixTimeMilliseconds(), Before.To.ToUnixTimeMilliseconds(), 60_000L), ("latency_seconds", After.From.AddMinutes(1).ToUnixTimeMilliseconds(), After.To.ToUnixTimeMilliseconds(), 60_000L)],
            _backend.Ranges);
    }

    [Fact]
    public async Task A_window_shorter_than_a_slot_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await new BeforeAfter(_backend).CompareAsync([], Before, After, TimeSpan.FromHours(1), null, TestContext.Current.CancellationToken));

    [Theory]
    [InlineData("http_server_request_duration_seconds", BetterDirection.Lower)]
    [InlineData("sum(rate(errors_total[5m]))", BetterDirection.Lower)]
    [InlineData("request_throughput", BetterDirection.Higher)]
    [InlineData("cache_hit_ratio", BetterDirection.Higher)]
    [InlineData("cpu_usage", BetterDirection.Lower)]
    [InlineData("latency_of_successful_requests", BetterDirection.Lower)]
    public void The_better_way_is_guessed_from_the_name(string query, BetterDirection expected) => Assert.Equal(expected, Comparison.Of(query).Better.Direction);

    [Fact]
    public void A_kpi_states_its_own_better_way() =>
        Assert.Equal(Preference.Higher, Comparison.Of(new KpiDefinition { Name = "k", Query = "latency_seconds", Target = Bound.Parse("> 1") }).Better);

    private Func<long, double?> Level(double before, double after) =>
        t => (t <= Before.To.ToUnixTimeMilliseconds() ? before : after) * (1 + (0.02 * _noise.Gauss()));

    private async Task<IReadOnlyList<RegressionFinding>> Compare(Comparison comparison, BeforeAfterOptions? options = null) =>
        (await new BeforeAfter(_backend).CompareAsync([comparison], Before, After, TimeSpan.FromMinutes(1), options, TestContext.Current.CancellationToken)).Findings;
}
