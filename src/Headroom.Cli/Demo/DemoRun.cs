using System.Text;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports;
using Headroom.Server;
using Headroom.Server.Regressions;
using Microsoft.Extensions.Logging;

namespace Headroom.Cli.Demo;

/// <summary>
/// The whole loop on a small shop: 1. start the server and the shop; 2. send traffic and store what it measures;
/// 3. half way, make one endpoint slower; 4. ask the server for the KPIs before and after; 5. ask it what got worse;
/// 6. write the report. Every number shown came through the HTTP API of the server.
/// </summary>
internal sealed class DemoRun(DemoOptions options, DemoStory story, TimeProvider time, bool verbose, TextWriter log) : IAsyncDisposable
{
    public const double RequestsPerSecond = 150;
    public const double SlowBy = 2.2;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-demo-");
    private HeadroomServer? _server;
    private ApiClient? _api;
    private ShopProcess? _shop;

    /// <summary>The server's address, once it runs.</summary>
    public Uri Url => _server!.Url!;

    /// <summary>Runs the demo and writes the report.</summary>
    public async Task<DemoFindings> RunAsync(CancellationToken cancel)
    {
        // 1.
        string config = Path.Combine(_directory.FullName, "headroom.yaml");
        await File.WriteAllTextAsync(config, DemoConfiguration.Yaml, cancel);
        _server = await HeadroomServer.StartAsync(new ServerOptions
        {
            DataDirectory = Path.Combine(_directory.FullName, "data"),
            ConfigPath = config,
            Port = 0,
            Time = time,
            Log = log,
            MinimumLogLevel = verbose ? LogLevel.Information : LogLevel.Error,
        }, cancel);
        _api = ApiClient.Remote(Url);
        _shop = await ShopProcess.StartAsync(options.Seed, time, cancel);
        await _api.GetStringAsync("/api/status", cancel);
        story.Started(Url, _directory.FullName, _shop.Url, options.Seed);

        // 2. and 3.
        var timeline = DemoTimeline.From(time.GetUtcNow() + TimeSpan.FromMilliseconds(100));
        var measurements = new Measurements(_api, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { MaxConnectionsPerServer = ArrivalDriver.MostInFlight });
        var driver = new ArrivalDriver(http, _shop.Url, RequestsPerSecond, new Random(options.Seed), time);
        var traffic = driver.RunAsync(timeline.Start, timeline.End - timeline.Start, measurements.Add, stop.Token);
        var sending = measurements.SendWhileAsync(traffic, stop.Token);
        try
        {
            await story.WatchAsync("measuring before the change", timeline.Start, timeline.Change, measurements, sending, cancel);
            await _shop.SlowDownAsync(ShopTraffic.Slowed.Fault, SlowBy, cancel);
            story.Changed(ShopTraffic.Slowed.Name, SlowBy);
            await story.WatchAsync("measuring after the change", timeline.Change, timeline.End, measurements, sending, cancel);
            await sending;
        }
        catch
        {
            // Whatever went wrong, the traffic ends before the shop does.
            await stop.CancelAsync();
            await Task.WhenAll(traffic, sending).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
        await measurements.SendMediansAsync(timeline.Before, timeline.End, cancel);

        // 4. and 5.
        var findings = await AskAsync(timeline, measurements.Sent, cancel);
        story.Found(findings);

        // 6.
        await WriteReportAsync(findings, cancel);
        return findings;
    }

    private async Task<DemoFindings> AskAsync(DemoTimeline timeline, IReadOnlyList<RequestResult> sent, CancellationToken cancel)
    {
        // The first seconds warm both sides up and are in no window.
        long measured = timeline.Before.ToUnixTimeMilliseconds();
        var lags = sent.Where(r => r.Intended >= measured).Select(r => r.LagSeconds).Order().ToArray();
        using var body = new StringContent(JsonSerializer.Serialize(new DemoComparison(
            new(Text(timeline.Before), Text(timeline.Change)), new(Text(timeline.Change), Text(timeline.End)), "1s", [DemoConfiguration.RegressionQuery]),
            DemoJson.Default.DemoComparison), Encoding.UTF8, "application/json");
        using var changes = await _api!.PostJsonAsync("/api/regressions", body, cancel);
        return new DemoFindings(timeline, sent.Count, sent.Count(r => !r.Code.StartsWith('2')), lags[(int)(lags.Length * 0.99)],
            await StatusAsync(timeline.Change, cancel), await StatusAsync(timeline.End, cancel), RegressionJson.Read(changes.RootElement));
    }

    private async Task<StatusReport> StatusAsync(DateTimeOffset at, CancellationToken cancel) =>
        StatusJson.Read(await _api!.GetStringAsync(ApiClient.PathWith("/api/status", ("at", Text(at))), cancel));

    private async Task WriteReportAsync(DemoFindings findings, CancellationToken cancel)
    {
        var charts = new List<KpiChart>();
        foreach (var kpi in findings.After.Kpis.DistinctBy(k => k.Name))
            charts.Add(new KpiChart(kpi.Name, kpi.Query, kpi.Unit, kpi.Target, kpi.Critical, await SeriesAsync(kpi.Query, findings.Timeline.Complete, findings.Timeline.End, cancel), MarkersOf(findings.Timeline)));
        charts.Insert(1, new KpiChart(DemoConfiguration.RegressionName, DemoConfiguration.RegressionQuery, "s", null, null,
            await SeriesAsync(DemoConfiguration.RegressionQuery, findings.Timeline.Before, findings.Timeline.End, cancel), MarkersOf(findings.Timeline)));
        var model = new ReportModel
        {
            Title = "Demo report",
            From = findings.Timeline.Before,
            To = findings.Timeline.End,
            Status = findings.After,
            Before = findings.Before,
            Charts = charts,
            Regressions = findings.Changes.Findings,
            ComparisonNotes = findings.Changes.Notes,
            Compared = [new ComparedQuery(DemoConfiguration.RegressionQuery, DemoConfiguration.RegressionName, "s")],
            GeneratedAt = time.GetUtcNow(),
        };
        await using var file = new StreamWriter(options.Report);
        await Headroom.Reports.Html.HtmlReport.RenderAsync(model, file, cancel);
        if (options.Picture is { } picture) await File.WriteAllTextAsync(picture, Headroom.Reports.Charts.ReportPicture.ToSvg(model), cancel);
    }

    private async Task<IReadOnlyList<MatrixSeries>> SeriesAsync(string query, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        using var answer = await _api!.GetJsonAsync(ApiClient.PathWith("/api/v1/query_range",
            ("query", query), ("start", Text(from)), ("end", Text(to)), ("step", "1s")), cancel);
        return ((MatrixValue)PrometheusData.Read(answer.RootElement.GetProperty("data"))).Series;
    }

    private static IReadOnlyList<ChartMarker> MarkersOf(DemoTimeline timeline) => [new(timeline.Change, ShopTraffic.Slowed.Name + " made slower")];

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        if (_shop is not null) await _shop.DisposeAsync();
        if (_api is not null) await _api.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
