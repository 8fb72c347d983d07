using Headroom.Metrics.Ingest.Otlp;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>Names as Prometheus 3 makes them by default; the cases are those its documentation and the specification name.</summary>
public sealed class NamingTests
{
    [Theory]
    [InlineData("http.server.request.duration", "s", false, false, "http_server_request_duration_seconds")]
    [InlineData("system.filesystem.usage", "By", false, true, "system_filesystem_usage_bytes")]
    [InlineData("system.io", "foo/bar", true, false, "system_io_foo_per_bar_total")]
    [InlineData("network.transmitted_bytes_total", "By", true, false, "network_transmitted_bytes_total")]
    [InlineData("memory.bytes.used", "By", false, true, "memory_bytes_used")]
    [InlineData("jvm.memory.used", "By", false, false, "jvm_memory_used_bytes")]
    [InlineData("requests", "{request}", true, false, "requests_total")]
    [InlineData("speed", "m/s", false, true, "speed_meters_per_second")]
    [InlineData("speed", "{step}/s", false, true, "speed_per_second")]
    [InlineData("fullness", "1", false, true, "fullness_ratio")]
    [InlineData("ratio.of.x", "1", false, true, "of_x_ratio")]
    [InlineData("requests", "1", true, false, "requests_total")]
    [InlineData("total.time", "ms", true, false, "time_milliseconds_total")]
    [InlineData("cpu", "%", false, true, "cpu_percent")]
    [InlineData("2xx.responses", "", true, false, "_2xx_responses_total")]
    [InlineData("a__b..c--d", "", false, true, "a_b_c_d")]
    [InlineData("_private.", "", false, true, "private")]
    [InlineData("job:rate:5m", "", false, true, "job:rate:5m")]
    [InlineData("größe", "", false, true, "gr_e")]
    [InlineData("disk", "GiBy/h", false, true, "disk_gibibytes_per_hour")]
    [InlineData("disk", "By/{op}", false, true, "disk_bytes")]
    [InlineData("x", " s ", false, true, "x_seconds")]
    [InlineData("x", "weird unit!", false, true, "x_weird_unit_")]
    [InlineData("….", "s", false, true, "seconds")]
    [InlineData("", "", false, true, "")]
    public void A_metric_is_named(string name, string unit, bool isCounter, bool isGauge, string expected) =>
        Assert.Equal(expected, MetricNames.Translate(name, unit, isCounter, isGauge));

    [Theory]
    [InlineData("http.method", "http_method")]
    [InlineData("method", "method")]
    [InlineData("a-b/c d", "a_b_c_d")]
    [InlineData("a__b", "a__b")]
    [InlineData("1st", "key_1st")]
    [InlineData("_hidden", "key_hidden")]
    [InlineData("__reserved__", "__reserved__")]
    [InlineData("straße😀", "stra_e_")]
    [InlineData("...", "")]
    [InlineData("", "")]
    public void A_label_is_named(string attribute, string expected) => Assert.Equal(expected, LabelNames.Translate(attribute));
}
