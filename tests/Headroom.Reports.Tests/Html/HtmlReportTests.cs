using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports;
using Headroom.Reports.Html;
using Headroom.Reports.Tests.Charts;

namespace Headroom.Reports.Tests.Html;

public sealed partial class HtmlReportTests
{
    private static readonly HashSet<string> KnownElements = new(
        """
        html head meta link title style body main footer header section figure figcaption h1 h2 h3 p a b i ul li span small div table thead tbody tr th td
        dl dt dd pre code abbr meter script svg desc text line rect circle path g
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    [Fact]
    public async Task A_hostile_report_is_text_and_never_markup()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            string html = await Render(AnyReport.From(new Random(seed)));
            Assert.Subset(KnownElements, Elements().Matches(html).Select(m => m.Groups[1].Value).ToHashSet());
            Assert.Single(Regex.Matches(html, "<script"));
            Assert.Single(Regex.Matches(html, "<style"));
            Assert.DoesNotMatch(@"<[^>]*\son[a-z]+=""", html);
            Assert.DoesNotContain('\0', html);
            foreach (Match svg in Drawings().Matches(html)) SvgAssert.IsSound(svg.Value);
        }
    }

    [Fact]
    public async Task The_document_refers_to_nothing_outside_itself()
    {
        string html = (await Render(SampleReports.Daily())).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        foreach (string reference in (string[])["http:", "https:", "url(", "@import", " src=", "srcset", "//"])
            Assert.DoesNotContain(reference, WithoutScript(html), StringComparison.OrdinalIgnoreCase);
        Assert.All(Regex.Matches(html, @"href=""([^""]*)""").Select(m => m.Groups[1].Value), href => Assert.Matches(@"^(#chart-\d+|data:,)$", href));
    }

    [Fact]
    public async Task The_policy_allows_exactly_the_one_script_inside()
    {
        string html = await Render(SampleReports.Demo());
        string script = Regex.Match(html, "<script>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        string digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        // The attribute is HTML, where a plus may be written as an entity.
        string policy = System.Net.WebUtility.HtmlDecode(Regex.Match(html, @"Content-Security-Policy""\s+content=""([^""]*)""").Groups[1].Value);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains($"script-src 'sha256-{digest}'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_got_worse_stands_first()
    {
        string html = await Render(SampleReports.Daily());
        int headline = html.IndexOf("Latency p95 (search) rose 79%, from 25.1 ms to 44.8 ms", StringComparison.Ordinal);
        Assert.InRange(headline, 1, html.IndexOf("<table", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_status_is_a_word_and_every_query_is_shown()
    {
        var model = SampleReports.Daily();
        string text = System.Net.WebUtility.HtmlDecode(await Render(model));
        foreach (string word in (string[])["met", "missed", "critical", "no data"]) Assert.Matches($@"class=""pill \w+""><i aria-hidden=""true"">.</i> {word}", text);
        Assert.All(model.Status.Kpis, kpi => Assert.Contains(kpi.Query, text, StringComparison.Ordinal));
        Assert.Contains("does not apply", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_that_no_KPI_fills_are_left_out()
    {
        string html = await Render(SampleReports.Of(SampleReports.Kpi("latency", 0.1, KpiVerdict.Met)));
        Assert.DoesNotContain(">Goals<", html, StringComparison.Ordinal);
        Assert.DoesNotContain(">30 days<", html, StringComparison.Ordinal);
        Assert.Contains(">Status<", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_series_the_worst_are_shown_and_the_others_counted()
    {
        var kpis = Enumerable.Range(0, 50).Select(i => SampleReports.Kpi("latency", i, i < 3 ? KpiVerdict.Missed : KpiVerdict.Met) with { Labels = Labels.From(new Label("pod", $"p{i}")) }).ToArray();
        string html = await Render(SampleReports.Of(kpis));
        Assert.Contains("and 39 more series of latency: 39 met", html, StringComparison.Ordinal);
        Assert.Contains(">p10<", html, StringComparison.Ordinal);
        Assert.DoesNotContain(">p11<", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_without_anything_still_says_so()
    {
        string html = await Render(SampleReports.Of());
        Assert.Contains("No KPIs are configured", html, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chart_of_histograms_only_has_no_data()
    {
        var model = SampleReports.Of(SampleReports.Kpi("h", null, KpiVerdict.NoData)) with
        {
            Charts = [new KpiChart("h", "h", null, null, null, [new MatrixSeries(Labels.Of("h"), [new Point(SampleReports.To.ToUnixTimeMilliseconds(), 0, new Metrics.Histograms.Histogram())])], [])],
        };
        Assert.Contains("no data in this window", await Render(model), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_stops_the_rendering() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => HtmlReport.RenderAsync(SampleReports.Demo(), new CancellationToken(true)));

    private static Task<string> Render(ReportModel model) => HtmlReport.RenderAsync(model, TestContext.Current.CancellationToken);

    private static string WithoutScript(string html) => Regex.Replace(html, "<script>.*?</script>", "", RegexOptions.Singleline);

    [GeneratedRegex(@"<([a-zA-Z][^\s/>]*)")]
    private static partial Regex Elements();

    [GeneratedRegex("<svg .*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Drawings();
}
