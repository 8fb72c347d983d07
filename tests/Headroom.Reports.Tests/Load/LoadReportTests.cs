using System.Xml.Linq;
using Headroom.Load.Generator;
using Headroom.Load.Results;
using Headroom.Reports.Load;
using Headroom.Reports.Tests.Html;
using Microsoft.Playwright;

namespace Headroom.Reports.Tests.Load;

public sealed class LoadReportTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private static readonly string[] Charts = ["latency", "throughput", "errors", "statuses", "users", "lag", "percentiles"];

    [Theory]
    [InlineData(360)]
    [InlineData(1400)]
    public async Task A_browser_shows_every_chart_at_every_width(int width)
    {
        var browser = fixture.Browser;
        string file = Path.Combine(Path.GetTempPath(), $"headroom-load-{width}-{Environment.ProcessId}.html");
        await File.WriteAllTextAsync(file, await LoadReport.RenderAsync(Result(), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        try
        {
            await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 } });
            var page = await context.NewPageAsync();
            var troubles = new List<string>();
            page.Console += (_, message) => troubles.Add(message.Text);
            page.PageError += (_, message) => troubles.Add(message);
            page.Request += (_, request) => { if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) troubles.Add(request.Url); };
            await page.GotoAsync(new Uri(file).AbsoluteUri);
            foreach (string chart in Charts)
            {
                var drawing = page.Locator($"#chart-{chart} svg:visible");
                Assert.Equal(1, await drawing.CountAsync());
                Assert.True(await drawing.Locator("path.hc-l").CountAsync() > 0, $"{chart} has no line");
                Assert.True((await drawing.BoundingBoxAsync())!.Width > 150);
            }
            Assert.Equal(3, await page.Locator("#thresholds tbody tr").CountAsync());
            Assert.Contains("Failed: 2 of 3 thresholds were broken.", await page.Locator(".headline").InnerTextAsync(), StringComparison.Ordinal);
            Assert.Contains("no data", await page.Locator("#thresholds").InnerTextAsync(), StringComparison.Ordinal);
            Assert.Empty(troubles);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_run_without_an_answer_can_be_shown_too()
    {
        var empty = new LatencySummary { Count = 0 };
        string html = await LoadReport.RenderAsync(Result() with { ResponseTime = empty, ServiceTime = empty, Endpoints = [], Series = [], Assessment = [], Name = "<script>alert(1)</script>" }, TestContext.Current.CancellationToken);
        Assert.Contains("nothing was measured", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_percentile_curve_rises_and_is_well_formed()
    {
        var svg = XDocument.Parse(PercentileCurve.ToSvg(Result(), 640, 300));
        string path = svg.Descendants().First(e => ((string?)e.Attribute("class"))?.Contains("hc-s0", StringComparison.Ordinal) == true).Attribute("d")!.Value;
        double[] heights = [.. path[1..].Split('L').Select(p => double.Parse(p.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(heights.Length > 2 && heights.Zip(heights.Skip(1)).All(p => p.First >= p.Second));
    }

    private static LoadResult Result()
    {
        var latency = new LatencySummary
        {
            Count = 1000, Min = 1, Average = 12, P50 = 10, P90 = 20, P95 = 30, P99 = 80, P999 = 200, Max = 250,
            Histogram = new HistogramDocument(6, 0, 1000, 12, [-500, -425, -300, -130], [500, 400, 90, 10]),
        };
        var course = Enumerable.Range(0, 60).Select(i => new SlotSummary(i, 100 + i, 101 + i, i % 7, i, 10 + i, 20 + i, 30 + i, 80 + i, 100 + i, 0.1 + i % 3, new Dictionary<string, long> { ["200"] = 100 + i, ["503"] = i % 7, ["timeout"] = i % 5 }));
        return new LoadResult
        {
            Name = "checkout", Valid = true, InvalidReasons = [], Warnings = ["a note"], Passed = false, StartedAt = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero), DurationSeconds = 60,
            Transport = "epoll, HTTP/1.1", Scenarios = [new ScenarioSummary("main", "constant-vus", "5 users for 1m")], Requests = new RequestCounts(1000, 990, 30, 0, 16.5, 0.03),
            ServiceTime = latency, ResponseTime = latency, Statuses = new Dictionary<string, long> { ["200"] = 970, ["503"] = 20 }, Errors = new Dictionary<string, long> { ["5xx"] = 20, ["timeout"] = 10 },
            Endpoints = [new EndpointSummary("GET /", "main", "GET", 1000, 30, 0.97, 12, 10, 30, 80, 250, latency, latency, new Dictionary<string, long> { ["200"] = 970 })],
            Checks = [new CheckSummary("status is 200", "GET /", 970, 30)], Metrics = [], Iterations = new IterationSummary(1000, 16.5, latency), Data = new DataSummary(1, 2),
            Thresholds = [new ThresholdResult("http_req_duration", "p(95)<500", 30, true), new ThresholdResult("http_req_failed", "rate<0.01", 0.03, false), new ThresholdResult("never", "max<1", null, false)],
            Generator = new GeneratorReport(12, 0.1, 0.5, 0, 0, 1, 1, 0, 0, 1, 5), Assessment = [new AssessmentLine("Error rate", "Good", "<5%", true)], SlotSeconds = 1, Series = [.. course],
        };
    }
}
