using System.Globalization;
using System.Text.Json;
using Headroom.EndToEnd.Tests.Program;
using Headroom.EndToEnd.Tests.Serving;

namespace Headroom.EndToEnd.Tests.Ingest;

/// <summary>Headroom beside a real Prometheus: one writes to it, and it scrapes the other.</summary>
public sealed class PrometheusTests
{
    [Fact]
    public async Task A_Prometheus_writes_to_Headroom_floats_and_native_histograms_alike()
    {
        Assert.SkipUnless(RealPrometheus.IsInstalled, "prometheus is not on PATH");
        using var project = new HeadroomRun();
        await using var headroom = await RunningProgram.StartAsync(project);
        await using var exporter = new NativeExporter();
        int port = RealPrometheus.FreePort();
        using var prometheus = RealPrometheus.Start($$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - { job_name: prometheus, static_configs: [{ targets: ["127.0.0.1:{{port}}"] }] }
              - { job_name: native, static_configs: [{ targets: ["127.0.0.1:{{exporter.Port}}"] }] }
            remote_write:
              - url: {{headroom.Url}}api/v1/write
                send_native_histograms: true
                queue_config: { batch_send_deadline: 500ms }
            """, port);

        var up = await UntilAsync(headroom, "up", 2, prometheus);
        Assert.Equal(["native", "prometheus"], up.Select(s => s.GetProperty("metric").GetProperty("service").GetString()).Order());
        Assert.All(up, s => Assert.Equal("1", s.GetProperty("value")[1].GetString()));
        var count = Assert.Single(await UntilAsync(headroom, "histogram_count(real_latency_seconds)", 1, prometheus));
        Assert.Equal("12", count.GetProperty("value")[1].GetString());
        Assert.Equal("11.5", (await UntilAsync(headroom, "histogram_sum(real_latency_seconds)", 1, prometheus))[0].GetProperty("value")[1].GetString());
        // Two of zero, four up to 1, six up to 2: the nine-tenths lie in the last bucket.
        double quantile = double.Parse((await UntilAsync(headroom, "histogram_quantile(0.9, real_latency_seconds)", 1, prometheus))[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(quantile, 1.0, 2.0);
        Assert.NotEmpty(await UntilAsync(headroom, "{__name__=\"prometheus_tsdb_head_samples_appended_total\"} > 0", 1, prometheus));
    }

    [Fact]
    public async Task Headroom_scrapes_a_Prometheus_and_another_Headroom_and_ends_their_series_when_they_go()
    {
        Assert.SkipUnless(RealPrometheus.IsInstalled, "prometheus is not on PATH");
        using var other = new HeadroomRun();
        using var project = new HeadroomRun();
        int port = RealPrometheus.FreePort();
        using var prometheus = RealPrometheus.Start("global: { scrape_interval: 1m }\n", port);
        var target = await RunningProgram.StartAsync(other);
        project.Write("headroom.yaml", $$"""
            project: watched
            sources:
              scrape:
                - { url: http://127.0.0.1:{{port}}/metrics, every: 1s, labels: { service: prometheus } }
                - { url: {{target.Url}}metrics, every: 1s, labels: { service: other } }
              probes:
                - { url: {{target.Url}}health, every: 1s, timeout: 1s, labels: { service: other } }
              cloudwatch:
                - { region: us-east-1, namespace: AWS/ECS, metric: CPUUtilization }
            """);
        await using var headroom = await RunningProgram.StartAsync(project);
        try
        {
            await UntilAsync(headroom, "up == 1", 2, prometheus);
            Assert.NotEmpty(await UntilAsync(headroom, "prometheus_build_info{service=\"prometheus\"}", 1, prometheus));
            Assert.NotEmpty(await UntilAsync(headroom, "headroom_build_info{service=\"other\"}", 1, prometheus));
            Assert.NotEmpty(await UntilAsync(headroom, "probe_success{service=\"other\"} == 1", 1, prometheus));
            Assert.NotEmpty(await UntilAsync(headroom, "scrape_samples_scraped > 10", 2, prometheus));
        }
        finally
        {
            await target.DisposeAsync();
        }
        await UntilAsync(headroom, "up{service=\"other\"} == 0", 1, prometheus);
        await UntilAsync(headroom, "probe_success{service=\"other\"} == 0", 1, prometheus);
        await UntilAsync(headroom, "absent(headroom_build_info)", 1, prometheus);
        Assert.Contains("No AWS source is bound", headroom.Error, StringComparison.Ordinal);
        Assert.Contains($"scrape {target.Url}metrics failed", headroom.Error, StringComparison.Ordinal);
        Assert.Equal(0, await headroom.SignalAsync("TERM"));
        Assert.DoesNotContain("error", headroom.Error, StringComparison.Ordinal);
    }

    /// <summary>Asks until a query gives as many series as are expected.</summary>
    private static async Task<List<JsonElement>> UntilAsync(RunningProgram headroom, string query, int series, RealPrometheus prometheus)
    {
        var deadline = DateTime.UtcNow.AddMinutes(1);
        while (true)
        {
            var result = await headroom.QueryAsync(query, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            if (result.ValueKind == JsonValueKind.Array && result.GetArrayLength() >= series) return [.. result.EnumerateArray()];
            Assert.True(DateTime.UtcNow < deadline, $"{query} gave {result.GetRawText()}\n{headroom.Error}\n{prometheus.Errors}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }
}
