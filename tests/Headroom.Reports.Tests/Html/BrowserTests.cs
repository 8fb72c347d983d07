using System.Text.RegularExpressions;
using Headroom.Reports;
using Headroom.Reports.Html;
using Microsoft.Playwright;

namespace Headroom.Reports.Tests.Html;

/// <summary>
/// The report as a person opens it: from disk, in a real browser. Screenshots go to <c>HEADROOM_SCREENSHOTS</c> when
/// that is set.
/// </summary>
public sealed class BrowserTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private const string ContrastScript = """
        () => {
          const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
          const light = c => { const f = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b); };
          const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > 0.99) return c; } return { r: 255, g: 255, b: 255, a: 1 }; };
          const found = [];
          for (const e of document.querySelectorAll('main *, footer *')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || !e.getClientRects().length || e.closest('.visually-hidden, .hc-halo, [aria-hidden=true], title, desc')) continue;
            const style = getComputedStyle(e);
            const front = parse(e instanceof SVGElement ? style.fill : style.color);
            const a = light(front), b = light(behind(e instanceof SVGElement ? e.closest('svg').parentElement : e));
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${e.tagName}.${e.getAttribute('class')}: ${e.textContent.trim().slice(0, 40)}`);
          }
          return found;
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("headroom-report-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(800, ColorScheme.Light)]
    [InlineData(1600, ColorScheme.Light)]
    [InlineData(1600, ColorScheme.Dark)]
    public async Task The_report_is_whole_and_legible_at_every_width_and_in_both_schemes(int width, ColorScheme scheme)
    {
        foreach (var (name, model) in new[] { ("daily", SampleReports.Daily()), ("demo", SampleReports.Demo()) })
        {
            await using var context = await fixture.Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = scheme });
            var (page, troubles) = await Open(context, model);

            Assert.Empty(troubles);
            Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width, $"{name} overflows {width} px");
            await EveryVisibleDrawingHasASize(page, model.Charts.Count);
            Assert.Empty(await page.EvaluateAsync<string[]>(ContrastScript));
            await Picture(page, $"{name}-{width}-{scheme}".ToLowerInvariant());
        }
    }

    [Fact]
    public async Task Hostile_names_run_nothing()
    {
        for (int seed = 100; seed < 106; seed++)
        {
            await using var context = await fixture.Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 360, Height = 900 } });
            var model = AnyReport.From(new Random(seed));
            var (page, troubles) = await Open(context, model);
            Assert.Empty(troubles);
            Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= 360, $"seed {seed} overflows");
            Assert.Equal(1, await page.Locator("script").CountAsync());
        }
    }

    [Fact]
    public async Task Resting_on_a_chart_shows_its_numbers()
    {
        await using var context = await fixture.Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1200, Height = 900 } });
        var (page, _) = await Open(context, SampleReports.Demo());
        await page.Locator(".full .hc-column").Nth(30).HoverAsync();
        var tip = page.Locator(".tip");
        Assert.Matches(new Regex(@"^15 Jan 2026, 08:59:\d\d UTC\nsearch: [\d.]+ ms\norders: [\d.]+ ms\nusers: [\d.]+ ms$"), await tip.TextContentAsync() ?? "");
        await Picture(page, "hover");
        await page.Mouse.MoveAsync(5, 5);
        Assert.False(await tip.IsVisibleAsync());
    }

    [Fact]
    public async Task Printed_it_is_light_and_keeps_its_tables()
    {
        await using var context = await fixture.Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 720, Height = 1000 }, ColorScheme = ColorScheme.Dark });
        var (page, _) = await Open(context, SampleReports.Daily());
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor"));
        Assert.Equal("rgb(24, 32, 44)", await page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('h1')).color"));
        Assert.Equal("table-row", await page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('table.kpis tbody tr')).display"));
        Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= 720, "the print overflows");
        await Picture(page, "print");
    }

    [Fact]
    public async Task A_chart_that_stands_alone_is_drawn_as_an_image()
    {
        var model = SampleReports.Demo();
        string svg = (Headroom.Reports.Charts.TimeSeriesChart.Of(model.Charts[0], model.From, model.To) with { StandAlone = true }).ToSvg();
        await File.WriteAllTextAsync(Path.Combine(_directory, "chart.svg"), svg, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_directory, "page.html"), "<!DOCTYPE html><body style='margin:20px'><img src=chart.svg>", TestContext.Current.CancellationToken);
        await using var context = await fixture.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync("file://" + Path.Combine(_directory, "page.html"));
        Assert.True(await page.EvaluateAsync<bool>("() => document.images[0].complete && document.images[0].naturalWidth === 720"));
        await Picture(page, "alone");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_picture_of_a_report_is_drawn_as_an_image(ColorScheme scheme)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "picture.svg"), Headroom.Reports.Charts.ReportPicture.ToSvg(SampleReports.Demo()), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_directory, "page.html"), "<!DOCTYPE html><body style='margin:20px'><img src=picture.svg>", TestContext.Current.CancellationToken);
        await using var context = await fixture.Browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme });
        var page = await context.NewPageAsync();
        await page.GotoAsync("file://" + Path.Combine(_directory, "page.html"));
        Assert.True(await page.EvaluateAsync<bool>("() => document.images[0].complete && document.images[0].naturalWidth === 880"));
        await Picture(page, "picture-" + scheme.ToString().ToLowerInvariant());
    }

    private static async Task EveryVisibleDrawingHasASize(IPage page, int charts)
    {
        const string Sizes = "where => [...document.querySelectorAll(where)].map(e => e.getBoundingClientRect()).filter(r => r.width > 0).map(r => [r.width, r.height])";
        double[][] drawings = await page.EvaluateAsync<double[][]>(Sizes, ".chart svg");
        Assert.Equal(charts, drawings.Length);
        Assert.All(drawings, size => Assert.True(size is [> 200, > 100], $"a chart of {size[0]} x {size[1]}"));
        Assert.All(await page.EvaluateAsync<double[][]>(Sizes, "td svg"), size => Assert.True(size is [> 50, > 10], $"a drawing of {size[0]} x {size[1]}"));
    }

    private async Task<(IPage Page, List<string> Troubles)> Open(IBrowserContext context, ReportModel model)
    {
        string path = Path.Combine(_directory, "report.html");
        await File.WriteAllTextAsync(path, await HtmlReport.RenderAsync(model, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        var troubles = new List<string>();
        page.Console += (_, message) => { if (message.Type is "error" or "warning") troubles.Add(message.Text); };
        page.PageError += (_, error) => troubles.Add(error);
        page.Dialog += (_, dialog) => { troubles.Add("dialog: " + dialog.Message); _ = dialog.DismissAsync(); };
        page.Request += (_, request) => { if (request.Url != "file://" + path && !request.Url.StartsWith("data:", StringComparison.Ordinal)) troubles.Add("request: " + request.Url); };
        await page.GotoAsync("file://" + path, new PageGotoOptions { WaitUntil = WaitUntilState.Load });
        return (page, troubles);
    }

    private static async Task Picture(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("HEADROOM_SCREENSHOTS") is not { Length: > 0 } directory) return;
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, name + ".png"), FullPage = name != "hover" });
    }
}
