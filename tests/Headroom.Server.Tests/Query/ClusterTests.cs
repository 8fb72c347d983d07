using System.Net;
using Headroom.Metrics.Tests.Prometheus;

namespace Headroom.Server.Tests.Query;

/// <summary>The server in front of a real Prometheus: what is posted to one is answered by the other.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task With_a_cluster_as_backend_samples_go_there_and_queries_come_from_there()
    {
        if (Peer.Find("prometheus") is null) Assert.Skip("prometheus is not on PATH");
        using var peer = Peer.Prometheus("--enable-feature=native-histograms");
        await using var server = await RunningServer.StartAsync($"metrics: {{ backend: prometheus, prometheus: {{ url: \"{peer.Url}\", instance: gw }} }}");
        long now = RunningServer.Now.ToUnixTimeSeconds();
        await server.StoreAsync($"requests_total{{service=\"api\"}} 10 {(now - 60) * 1000}\nrequests_total{{service=\"api\"}} 40 {now * 1000}\n");
        string through = (await server.GetAsync($"/api/v1/query?query=increase(requests_total[2m])&time={now}")).Body;
        using var direct = new HttpClient { BaseAddress = peer.Url };
        string body = await direct.GetStringAsync(new Uri($"/api/v1/query?query=increase(requests_total[2m])&time={now}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("\"headroom_instance\":\"gw\"", body, StringComparison.Ordinal);
        Assert.Equal(body, through);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/labels")).Status);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_ends_the_start_with_a_message()
    {
        var error = await Assert.ThrowsAsync<Configuration.Diagnostics.ProblemException>(() => RunningServer.StartAsync("metrics: { backend: prometheus, prometheus: { url: \"http://127.0.0.1:9\" } }", time: TimeProvider.System));
        Assert.Equal("cluster-unreachable", error.Problems[0].Code);
    }
}
