using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Reports.Charts;

namespace Headroom.Reports.Tests.Charts;

public sealed class SmallDrawingsTests
{
    [Fact]
    public void A_bullet_bar_puts_the_value_where_its_judgement_says()
    {
        var kpi = SampleReports.Kpi("p95", 0.045, KpiVerdict.Critical) with { Target = SampleReports.Bound("< 0.03"), Critical = SampleReports.Bound("> 0.04"), Budget = new BudgetUse(0.05, 90, null) };
        var root = SvgAssert.IsSound(BulletBar.ToSvg(kpi)!);
        double value = Width(root.OfClass("hc-critical-fill")), target = SvgAssert.Number(root.OfClass("hc-tick").Single().Attribute("x1")!.Value);
        double critical = SvgAssert.Number(root.OfClass("hc-zone-bad").Single().Attribute("x")!.Value);
        Assert.Equal(1.5, value / target, 0.02);
        Assert.Equal(0.04 / 0.03, critical / target, 0.02);
        Assert.Single(root.OfClass("hc-notch"));
        Assert.Equal("p95: 45 ms, critical; target < 30 ms; critical > 40 ms; budget 50 ms", root.Named("title").Single().Value);
    }

    [Fact]
    public void A_value_far_from_zero_is_a_dot_on_a_scale_that_shows_the_difference()
    {
        var root = SvgAssert.IsSound(BulletBar.ToSvg(SampleReports.Kpi("up", 99.95, KpiVerdict.Met, "%") with { Target = SampleReports.Bound("> 99.9") })!);
        Assert.Single(root.OfClass("hc-met"), e => e.Name.LocalName == "circle");
    }

    [Fact]
    public void Without_bounds_there_is_no_bar() => Assert.Null(BulletBar.ToSvg(SampleReports.Kpi("x", 3, KpiVerdict.Met)));

    [Fact]
    public void Small_drawings_are_sound_whatever_the_numbers()
    {
        for (int seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            double Any() => AnyReport.AnyValue(random);
            Bound AnyBound() => new("b", (BoundOperator)random.Next(5), Any(), Any());
            var kpi = SampleReports.Kpi(HostileText.Any(random), Any(), (KpiVerdict)random.Next(4), random.Next(2) == 0 ? "s" : null) with { Target = AnyBound(), Critical = random.Next(2) == 0 ? AnyBound() : null, Budget = new BudgetUse(Any(), null, null) };
            if (BulletBar.ToSvg(kpi) is { } bar) SvgAssert.IsSound(bar);
            var finding = new RegressionFinding("q", Labels.Empty, Any(), Any(), Any(), Any(), Any(), Any(), Any(), (RegressionVerdict)random.Next(4), 1, 1);
            SvgAssert.IsSound(new ChangePlot([finding], random.Next(0, 50)).ToSvg(finding));
            var points = Enumerable.Range(0, random.Next(20)).Select(i => new Point(SampleReports.To.AddMinutes(-i).ToUnixTimeMilliseconds(), Any())).Reverse().ToList();
            SvgAssert.IsSound(Sparkline.ToSvg(HostileText.Any(random), points, SampleReports.To.AddMinutes(-30), SampleReports.To, AnyBound()));
        }
    }

    [Fact]
    public void A_picture_of_any_report_is_well_formed()
    {
        Assert.Contains("rose 81%", SvgAssert.IsSound(ReportPicture.ToSvg(SampleReports.Demo())).Named("desc").First().Value, StringComparison.Ordinal);
        for (int seed = 0; seed < 50; seed++) SvgAssert.IsSound(ReportPicture.ToSvg(AnyReport.From(new Random(seed))));
    }

    [Fact]
    public void An_interval_that_reaches_past_the_scale_ends_in_an_arrow()
    {
        var narrow = SampleReports.Finding("a", 1, 1.3, 30, 25, 35, 0.01, 0.9, RegressionVerdict.Regression);
        var wide = narrow with { ChangeHighPercent = double.PositiveInfinity };
        Assert.Empty(SvgAssert.IsSound(new ChangePlot([narrow]).ToSvg(narrow)).Named("path"));
        Assert.Single(SvgAssert.IsSound(new ChangePlot([wide]).ToSvg(wide)).Named("path"));
    }

    private static double Width(IEnumerable<System.Xml.Linq.XElement> elements) => SvgAssert.Number(elements.Single().Attribute("width")!.Value);
}
