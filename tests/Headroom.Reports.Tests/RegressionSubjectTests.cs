using Headroom.Metrics;
using Headroom.Objectives.Regressions;
using Headroom.Reports;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Tests;

public sealed class RegressionSubjectTests
{
    [Theory]
    [InlineData("max by (endpoint) (last_over_time(shop_response_time_median_seconds{service=\"shop\"}[1s]))", "shop_response_time_median_seconds", "s")]
    [InlineData("process_resident_memory_bytes", "process_resident_memory_bytes", "By")]
    [InlineData("histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[5m])))", "http_seconds_bucket", null)]
    [InlineData("rate(cpu_seconds_total[5m])", "cpu_seconds_total", null)]
    [InlineData("count(x_seconds{a=\"b\"})", "x_seconds", null)]
    [InlineData("max(x_seconds{a=\"y_seconds{\"}) * 1000", "x_seconds", null)]
    [InlineData("max(a_seconds{}) / max(b_seconds{})", null, null)]
    [InlineData("vector(1)", null, null)]
    [InlineData("", null, null)]
    public void A_querys_metric_and_unit_are_read_off_only_when_they_are_plain(string query, string? metric, string? unit)
    {
        Assert.Equal(metric, QueryWords.Metric(query));
        Assert.Equal(unit, QueryWords.Unit(query));
    }

    [Fact]
    public void A_finding_is_named_by_the_report_then_the_KPI_then_the_metric()
    {
        var finding = SampleReports.Demo().Regressions[0];
        Assert.Equal(new RegressionSubject("p95 response time (search)", "s"), RegressionSubject.Of(finding, SampleReports.Demo()));
        Assert.Equal(new RegressionSubject("Slow searches (search)", "ms"), RegressionSubject.Of(finding, SampleReports.Demo() with { Compared = [new ComparedQuery(finding.Query, "Slow searches", "ms")] }));
        Assert.Equal(new RegressionSubject("http_request_duration_seconds (search)", null), RegressionSubject.Of(finding));
        Assert.Equal("up{job=\"x\"}", RegressionSubject.Of(finding with { Labels = Labels.Of("up", ("job", "x")), Query = "up" }).Name);
    }

    [Fact]
    public void A_compared_query_that_is_no_KPIs_is_shown_too()
    {
        var model = SampleReports.Demo();
        var finding = model.Regressions[0] with { Query = "max(last_over_time(median_seconds{}[1s]))" };
        string text = Headroom.Reports.Markdown.MarkdownReport.Render(model with { Regressions = [finding] });
        Assert.Contains("max(last_over_time(median_seconds{}[1s]))", text, StringComparison.Ordinal);
        Assert.Contains("| median\\_seconds (search) |", text, StringComparison.Ordinal);
        Assert.Contains("48.1 ms", ReportSummary.Of(model with { Regressions = [finding] }).Headline, StringComparison.Ordinal);
    }
}
