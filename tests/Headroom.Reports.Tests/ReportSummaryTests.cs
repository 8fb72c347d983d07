using Headroom.Metrics;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Trends;
using Headroom.Reports;

namespace Headroom.Reports.Tests;

public sealed class ReportSummaryTests
{
    [Fact]
    public void A_regression_is_the_headline_even_when_every_target_is_met()
    {
        var model = SampleReports.Demo() with { Status = new StatusReport("shop", SampleReports.To, [SampleReports.Kpi("p95", 0.05, KpiVerdict.Met)]) };
        var summary = ReportSummary.Of(model);
        Assert.Equal("p95 response time (search) rose 81%, from 48.1 ms to 87.1 ms (95% interval +72% to +91%).", summary.Headline);
        Assert.Equal(KpiVerdict.Missed, summary.Tone);
    }

    [Fact]
    public void A_KPI_that_left_its_target_is_named_with_both_values()
    {
        var model = SampleReports.Of(Kpi("p95", 0.13, KpiVerdict.Missed)) with { Before = Status(Kpi("p95", 0.09, KpiVerdict.Met)) };
        Assert.Equal("p95 went from met to missed: 90 ms before, 130 ms now, target < 100 ms.", ReportSummary.Of(model).Headline);
    }

    [Fact]
    public void A_KPI_that_lost_its_data_is_named()
    {
        var model = SampleReports.Of(Kpi("p95", null, KpiVerdict.NoData)) with { Before = Status(Kpi("p95", 0.09, KpiVerdict.Met)) };
        Assert.Equal("p95 has no data any more; it was met.", ReportSummary.Of(model).Headline);
    }

    [Fact]
    public void When_nothing_got_worse_it_says_so_and_where_things_stand()
    {
        var model = SampleReports.Of(Kpi("p95", 0.13, KpiVerdict.Missed), Kpi("errors", 0.1, KpiVerdict.Met)) with { Before = Status(Kpi("p95", 0.14, KpiVerdict.Missed)) };
        Assert.Equal("Nothing got worse. 1 of 2 KPIs met: p95 misses its target.", ReportSummary.Of(model).Headline);
    }

    [Fact]
    public void A_degrading_trend_comes_before_a_quiet_standing()
    {
        var model = SampleReports.Of(Kpi("p95", 0.09, KpiVerdict.Met) with { Trend7d = new Trend(TrendDirection.Degrading, 0.07, 0.09, 0.06, 0.1, 0.01, 0.003) });
        Assert.Equal("p95 is degrading: 70 ms to 90 ms over 7 days. The one KPI meets its target.", ReportSummary.Of(model).Headline);
    }

    [Fact]
    public void A_KPI_of_several_series_counts_once_by_its_worst()
    {
        var summary = ReportSummary.Of(SampleReports.Of(Series("a", KpiVerdict.Critical), Series("b", KpiVerdict.Met), Series("c", KpiVerdict.NoData), Kpi("errors", 0, KpiVerdict.Met)));
        Assert.Equal(1, summary.Counts[KpiVerdict.Critical]);
        Assert.Equal(1, summary.Counts[KpiVerdict.Met]);
        Assert.Equal(0, summary.Counts[KpiVerdict.NoData]);
        Assert.Equal("1 of 2 KPIs met: p95 is critical.", summary.Headline);
        Assert.Equal(KpiVerdict.Critical, summary.Tone);
    }

    [Fact]
    public void Without_KPIs_there_is_no_claim_that_all_is_well()
    {
        var summary = ReportSummary.Of(SampleReports.Of());
        Assert.Equal("No KPIs are configured.", summary.Headline);
        Assert.Equal(KpiVerdict.NoData, summary.Tone);
    }

    private static KpiStatus Kpi(string name, double? value, KpiVerdict verdict) => SampleReports.Kpi(name, value, verdict) with { Target = SampleReports.Bound("< 0.1") };

    private static KpiStatus Series(string pod, KpiVerdict verdict) => Kpi("p95", 1, verdict) with { Labels = Labels.From(new Label("pod", pod)) };

    private static StatusReport Status(params KpiStatus[] kpis) => new("project", SampleReports.To.AddHours(-1), kpis);
}
