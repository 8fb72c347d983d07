using Headroom.Cli.Top;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Top;

public sealed class TopTests
{
    [Fact]
    public async Task Where_no_terminal_watches_it_looks_once_and_moves_no_cursor()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "project: shop\nkpis:\n  - { name: Up, query: vector(1), target: \"> 0\" }\n");
        var outcome = await headroom.SucceedAsync("top");
        Assert.StartsWith("shop  ", outcome.Output);
        Assert.Contains("0 samples, 0 requests so far, 0 active series", outcome.Output);
        Assert.Contains("met", outcome.Output);
        Assert.DoesNotContain('\u001b', outcome.Output);
    }

    [Fact]
    public async Task Without_a_project_it_still_says_what_the_server_does()
    {
        using var headroom = new HeadroomRun();
        var outcome = await headroom.SucceedAsync("top", "--once");
        Assert.Contains("active series", outcome.Output);
        Assert.Contains("There is no headroom.yaml", outcome.Output);
    }

    [Fact]
    public void Rates_are_what_came_between_two_looks_and_a_restart_is_no_negative_rate()
    {
        var before = ServerCounts.Read("headroom_ingest_samples_total{protocol=\"json\"} 100\nheadroom_ingest_samples_total{protocol=\"otlp\"} 50\nheadroom_http_requests_total{route=\"/\"} 4\n");
        var after = ServerCounts.Read("# TYPE x counter\nheadroom_ingest_samples_total{protocol=\"json\"} 1100\nheadroom_ingest_samples_total{protocol=\"otlp\"} 50\nheadroom_http_requests_total{route=\"/\"} 8\nheadroom_store_active_series 1234\nCacheHitRate 75\nbroken\n");
        Assert.StartsWith("500.0 samples/s, 2.0 requests/s, 1,234 active series", after.Line(before, TimeSpan.FromSeconds(2)));
        Assert.EndsWith("cache hit rate 75%", after.Line(before, TimeSpan.FromSeconds(2)));
        Assert.StartsWith("0.0 samples/s", before.Line(after, TimeSpan.FromSeconds(2)));
    }
}
