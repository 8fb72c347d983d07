using System.Net;
using Headroom.Metrics.Ingest.Scraping;
using Headroom.Metrics.Ingest.Sources;
using Headroom.Metrics.Tests.Ingest.Sources;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Scraping;

public sealed class ScrapeTargetTests
{
    private static readonly Uri Url = new("http://node-1:9100/metrics?token=secret");

    private readonly VirtualTimeProvider _time = new();
    private readonly WrittenSamples _store = new();
    private readonly HeardEvents _heard = new();
    private Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> _answer = (_, _) => Task.FromResult(ScriptedHttp.Text(""));

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private ScrapeTarget Target(ScrapeSettings settings, out ScriptedHttp http)
    {
        http = new ScriptedHttp((request, cancel) => _answer(request, cancel));
        return new ScrapeTarget(settings, new HttpMessageInvoker(http), _store, _time, _heard);
    }

    private async Task ScrapeAsync(ScrapeTarget target, string? text, string contentType = "text/plain; version=0.0.4")
    {
        _answer = (_, _) => Task.FromResult(text is null ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : ScriptedHttp.Text(text, contentType));
        await target.ScrapeAsync(Now, CancellationToken.None);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_scrape_writes_its_series_with_their_target_and_what_it_took()
    {
        var target = Target(new ScrapeSettings { Url = Url, Labels = new Dictionary<string, string> { ["job"] = "node" }, Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer x" } }, out var http);
        _answer = async (_, _) =>
        {
            await _time.AdvanceAsync(TimeSpan.FromMilliseconds(250));
            return ScriptedHttp.Text("# TYPE load gauge\nload{cpu=\"0\"} 1.5\nload{cpu=\"1\"} 2\n");
        };
        await target.ScrapeAsync(1000, CancellationToken.None);
        Assert.Equal("""load{cpu="0",instance="node-1:9100",job="node",service="node"} 1.5 1000""", FormattableString.Invariant($"{_store.Samples[0].Labels} {_store.Samples[0].Value} {_store.Samples[0].Time}"));
        Assert.Equal([1], _store.Of("up"));
        Assert.Equal([2], _store.Of("scrape_samples_scraped"));
        Assert.Equal(0.25, _store.Of("scrape_duration_seconds").Single()!.Value, 3);
        Assert.Equal("""up{instance="node-1:9100",job="node",service="node"}""", _store.LabelsOf("up").ToString());
        Assert.Equal([new MetricMetadata("load", "gauge", "", "")], _store.Metadata);
        Assert.Equal(1, _store.Appends);
        Assert.Contains("application/openmetrics-text", string.Join(',', http.Requests[0].Headers.GetValues("Accept")), StringComparison.Ordinal);
        Assert.Equal(("Bearer x", "10"), (http.Requests[0].Headers.GetValues("Authorization").Single(), http.Requests[0].Headers.GetValues("X-Prometheus-Scrape-Timeout-Seconds").Single()));
    }

    [Fact]
    public async Task A_series_that_goes_away_ends_with_a_stale_marker_once()
    {
        var target = Target(new ScrapeSettings { Url = Url }, out _);
        await ScrapeAsync(target, "a 1\nb 1\n");
        await ScrapeAsync(target, "a 2\n");
        await ScrapeAsync(target, "a 3\n");
        await ScrapeAsync(target, "a 4\nb 4\n");
        Assert.Equal([1, 2, 3, 4], _store.Of("a"));
        Assert.Equal([1, null, 4], _store.Of("b"));
    }

    [Fact]
    public async Task A_target_that_does_not_answer_ends_all_its_series_and_up_is_0()
    {
        var target = Target(new ScrapeSettings { Url = Url }, out _);
        await ScrapeAsync(target, "a 1\nb 1\n");
        await ScrapeAsync(target, null);
        await ScrapeAsync(target, null);
        await ScrapeAsync(target, "a 4\n");
        Assert.Equal([1, null, 4], _store.Of("a"));
        Assert.Equal([1, null], _store.Of("b"));
        Assert.Equal([1, 0, 0, 1], _store.Of("up"));
        Assert.Equal([2, 0, 0, 1], _store.Of("scrape_samples_scraped"));
        Assert.Equal(["failed scrape http://node-1:9100/metrics: it answered 503", "recovered scrape http://node-1:9100/metrics"], _heard.Events);
    }

    [Fact]
    public async Task Samples_with_a_time_of_their_own_keep_it_and_never_go_stale()
    {
        var target = Target(new ScrapeSettings { Url = Url }, out _);
        await ScrapeAsync(target, "a 1 1700000000000\n");
        await ScrapeAsync(target, "b 1\n");
        Assert.Equal(1_700_000_000_000, _store.Samples.Single(s => s.Labels.Name == "a").Time);
    }

    [Fact]
    public async Task A_target_that_hangs_is_given_up_after_its_timeout()
    {
        var target = Target(new ScrapeSettings { Url = Url, Timeout = TimeSpan.FromSeconds(5) }, out _);
        _answer = async (_, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel);
            throw new InvalidOperationException("never");
        };
        var scrape = target.ScrapeAsync(Now, CancellationToken.None);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(5));
        await scrape;
        Assert.Equal([0], _store.Of("up"));
        Assert.Equal(5, _store.Of("scrape_duration_seconds").Single()!.Value, 3);
        Assert.Contains("within 5 s", Assert.Single(_heard.Events), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a 1\nb 2\nc 3\n", "it has more than 2 samples")]
    [InlineData("a{x=\"01234567890123456789012345678901234567890123456789\"} 1\nb{x=\"0123456789012345678901234567890\"} 1\n", "the body has more than 100 bytes")]
    public async Task A_scrape_beyond_its_bounds_fails_as_a_whole(string text, string reason)
    {
        var target = Target(new ScrapeSettings { Url = Url, SampleLimit = 2, BodyLimit = 100 }, out _);
        await ScrapeAsync(target, text);
        Assert.Equal([0], _store.Of("up"));
        Assert.Equal(3, _store.Samples.Count);
        Assert.EndsWith(reason, Assert.Single(_heard.Events), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenMetrics_that_is_cut_short_is_no_scrape()
    {
        var target = Target(new ScrapeSettings { Url = Url }, out _);
        await ScrapeAsync(target, "a 1\nb 1\n# EOF\n", "application/openmetrics-text; version=1.0.0");
        await ScrapeAsync(target, "a 1\n", "application/openmetrics-text; version=1.0.0");
        Assert.Equal([1, 0], _store.Of("up"));
        Assert.Equal([1, null], _store.Of("a"));
    }

    [Fact]
    public async Task Lines_that_cannot_be_read_are_told_and_cost_nothing_else()
    {
        var target = Target(new ScrapeSettings { Url = Url }, out _);
        await ScrapeAsync(target, "a 1\nb one\nc 1\n");
        Assert.Equal([1], _store.Of("up"));
        Assert.Equal([1], _store.Of("c"));
        Assert.StartsWith("rejected scrape http://node-1:9100/metrics 1: line 2", Assert.Single(_heard.Events), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, """a{exported_job="own",instance="node-1:9100",job="node",service="node"}""")]
    [InlineData(true, """a{instance="node-1:9100",job="own",service="own"}""")]
    public async Task The_targets_own_labels_give_way_unless_they_are_honoured(bool honor, string expected)
    {
        var target = Target(new ScrapeSettings { Url = Url, HonorLabels = honor, Labels = new Dictionary<string, string> { ["job"] = "node" } }, out _);
        await ScrapeAsync(target, "a{job=\"own\"} 1\n");
        Assert.Equal(expected, _store.LabelsOf("a").ToString());
    }

    [Theory]
    [InlineData("a 1\n", "node-1")]
    [InlineData("a{service=\"own\"} 1\n", "own")]
    [InlineData("a{job=\"own\"} 1\n", "own")]
    public async Task Without_labels_the_service_is_what_the_target_says_or_its_host(string text, string expected)
    {
        var target = Target(new ScrapeSettings { Url = Url }, out _);
        await ScrapeAsync(target, text);
        Assert.Equal((expected, "node-1"), (_store.LabelsOf("a")["service"], _store.LabelsOf("up")["service"]));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_targets_headers()
    {
        var target = Target(new ScrapeSettings { Url = Url }, out var http);
        _answer = (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("http://elsewhere/") } });
        await target.ScrapeAsync(Now, CancellationToken.None);
        Assert.Single(http.Requests);
        Assert.Contains("redirects", Assert.Single(_heard.Events), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_written_is_ended_by_the_next_scrape_that_can()
    {
        var target = Target(new ScrapeSettings { Url = Url }, out _);
        await ScrapeAsync(target, "a 1\nb 1\n");
        _store.Failure = new IOException("disk full");
        await Assert.ThrowsAsync<IOException>(() => ScrapeAsync(target, "a 2\n"));
        _store.Failure = null;
        await ScrapeAsync(target, "a 3\n");
        Assert.Equal([1, null], _store.Of("b"));
    }
}
