using Headroom.Server.Telemetry;

namespace Headroom.Server.Tests.Telemetry;

public sealed class OwnMetricsTests
{
    [Fact]
    public async Task The_servers_own_metrics_are_text_that_it_could_import_itself()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync("up 1\ndown 0\n");
        await server.PostAsync("/metrics", "nonsense");
        await server.GetAsync("/api/v1/query?query=up");
        await server.GetAsync("/no/such/route");
        var metrics = await server.GetAsync("/metrics");
        Assert.Equal("application/openmetrics-text", metrics.ContentType);
        Assert.EndsWith("# EOF\n", metrics.Body);
        Assert.Contains("headroom_ingest_samples_total{protocol=\"text\"} 2", metrics.Body);
        Assert.Contains("headroom_ingest_rejected_total{protocol=\"json\"", metrics.Body);
        Assert.Contains("headroom_http_requests_total{route=\"/api/v1/query\",method=\"GET\",code=\"200\"} 1", metrics.Body);
        Assert.Contains("headroom_http_requests_total{route=\"other\",method=\"GET\",code=\"404\"} 1", metrics.Body);
        Assert.Contains("headroom_query_duration_seconds_count{kind=\"instant\"} 1", metrics.Body);
        Assert.Contains("headroom_store_series 2", metrics.Body);
        Assert.Contains($"headroom_build_info{{version=\"{ServerTelemetry.Version}\"}} 1", metrics.Body);

        var imported = await server.PostAsync("/api/v1/import/prometheus", metrics.Body, "application/openmetrics-text");
        Assert.Equal(0, imported.Json.GetProperty("rejected").GetInt32());
        Assert.Empty(imported.Json.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task The_documents_metrics_and_the_runtimes_are_among_them()
    {
        await using var server = await RunningServer.StartAsync(settings: new() { Telemetry = new() { Environment = "dev" } });
        await server.GetAsync("/api/v1/query?query=up");
        string metrics = (await server.GetAsync("/metrics")).Body;
        Assert.Contains("E2ELatency_count{Environment=\"dev\",Component=\"API\"} 1", metrics);
        Assert.All(["# TYPE E2ELatency histogram", "# TYPE CircuitBreakerEfficiency gauge", "# TYPE CacheHitRate gauge", "dotnet_gc_collections_total{", "dotnet_process_memory_working_set_bytes ", "dotnet_thread_pool_thread_count "],
            line => Assert.Contains(line, metrics));
    }

    [Fact]
    public async Task Circuit_breaker_efficiency_is_the_share_of_calls_let_through_that_succeeded()
    {
        await using var server = await RunningServer.StartAsync(settings: new() { Telemetry = new() { Environment = "dev" } });
        using var meter = new System.Diagnostics.Metrics.Meter("Headroom.Resilience");
        var calls = meter.CreateCounter<long>("headroom.resilience.circuit_breaker.calls");
        foreach (var (result, count) in ((string, long)[])[("success", 3), ("failure", 1), ("refused", 10), ("ignored", 5)]) calls.Add(count, new("circuit", "c"), new KeyValuePair<string, object?>("result", result));
        Assert.Contains("\nCircuitBreakerEfficiency{Environment=\"dev\"} 75\n", (await server.GetAsync("/metrics")).Body);
        server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.DoesNotContain("\nCircuitBreakerEfficiency{", (await server.GetAsync("/metrics")).Body);
    }

    [Fact]
    public async Task Liveness_and_readiness_answer()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal("healthy", (await server.GetAsync("/health")).Json.GetProperty("status").GetString());
        Assert.Equal("ready", (await server.GetAsync("/ready")).Json.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("headroom.http.requests", null, "headroom_http_requests")]
    [InlineData("headroom.query.duration", "s", "headroom_query_duration_seconds")]
    [InlineData("headroom.store.log", "By", "headroom_store_log_bytes")]
    public void Names_are_spelt_as_prometheus_spells_them(string name, string? unit, string expected) =>
        Assert.Equal(expected, OpenMetricsExporter.NameOf(name, unit));
}
