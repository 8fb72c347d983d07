using System.Text.RegularExpressions;
using Headroom.Metrics;
using Headroom.Objectives.Kpis;
using Headroom.Reports;
using Headroom.Reports.Markdown;

namespace Headroom.Reports.Tests.Markdown;

public sealed class MarkdownReportTests
{
    [Fact]
    public void Every_row_of_a_table_has_as_many_cells_as_its_heading()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            int columns = 0;
            foreach (string line in MarkdownReport.Render(AnyReport.From(new Random(seed))).Split('\n'))
            {
                if (!line.StartsWith('|')) columns = 0;
                else if (columns == 0) columns = Cells(line);
                else Assert.True(Cells(line) == columns, $"seed {seed}: {line}");
            }
        }

        static int Cells(string line) => Regex.Count(line, @"(?<!\\)(?:\\\\)*\|");
    }

    [Fact]
    public void Names_cannot_become_markup_links_or_mentions()
    {
        string name = "<b>|x|` *y* [z](javascript:1) @team http://example.com www.example.com";
        string text = MarkdownReport.Render(SampleReports.Of(SampleReports.Kpi(name, 1, KpiVerdict.Met) with { Query = "up" }));
        Assert.DoesNotContain("<b>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@team", text, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("www.example", text, StringComparison.Ordinal);
        Assert.Contains(@"\[z\](javascript:1)", text, StringComparison.Ordinal);
        Assert.Contains(@"&lt;b&gt;\|x\|\` \*y\*", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_cannot_leave_its_code_block()
    {
        string text = MarkdownReport.Render(SampleReports.Of(SampleReports.Kpi("k", 1, KpiVerdict.Met) with { Query = "up\n```\n# heading\n````" }));
        Assert.Contains("`````promql\nup\n```\n# heading\n````\n`````\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_what_the_other_faces_say()
    {
        var model = SampleReports.Daily();
        string text = MarkdownReport.Render(model);
        Assert.Contains($"**{ReportSummary.Of(model).Headline}**", text, StringComparison.Ordinal);
        Assert.Contains("3 met · 1 missed · 1 critical · 1 no data", text, StringComparison.Ordinal);
        Assert.Contains("| Latency p95 (search) | 44.8 ms | ✗ critical | &lt; 30 ms | &gt; 40 ms | +79% from 25 ms | ↗ degrading, 25.1 → 44.8 ms |", text, StringComparison.Ordinal);
        Assert.Contains("| Throughput | short | 2026-01-10 | &gt; 150 req/s | 118 req/s | overdue | 26.7% |", text, StringComparison.Ordinal);
        Assert.Contains("| **worse** |", text, StringComparison.Ordinal);
        Assert.All(model.Status.Kpis, kpi => Assert.Contains(kpi.Query, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_comparison_has_both_values()
    {
        string text = MarkdownReport.Render(SampleReports.Demo());
        Assert.Contains("| KPI | Before | Now | Status |", text, StringComparison.Ordinal);
        Assert.Contains("| p95 response time (search) | 48.1 ms | 87.1 ms | ! missed |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_movement_without_a_better_way_is_moving_and_not_stable()
    {
        var kpi = SampleReports.Kpi("Queue", 5, KpiVerdict.Met) with { Trend7d = new Headroom.Objectives.Trends.Trend(Headroom.Objectives.Trends.TrendDirection.Unjudged, 1, 5, 1, 5, 0.001, 0.5) };
        string text = MarkdownReport.Render(SampleReports.Of(kpi));
        Assert.Contains("↗ moving, 1 → 5", text, StringComparison.Ordinal);
        Assert.DoesNotContain("stable", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_comparison_notes_is_shown_also_when_it_found_nothing()
    {
        var model = SampleReports.Of(SampleReports.Kpi("k", 1, KpiVerdict.Met)) with { Regressions = [], ComparisonNotes = ["up: <timed out>"] };
        Assert.Contains("## What changed\n\n- up: &lt;timed out&gt;\n", MarkdownReport.Render(model), StringComparison.Ordinal);
    }
}
