using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Headroom.EndToEnd.Tests.Program;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Headroom.EndToEnd.Tests.Serving;

/// <summary>The OpenTelemetry SDK of .NET with its own exporter, unmodified, against a running <c>headroom serve</c>.</summary>
public sealed class OtlpSdkTests
{
    [Theory]
    [InlineData(MetricReaderTemporalityPreference.Cumulative)]
    [InlineData(MetricReaderTemporalityPreference.Delta)]
    public async Task Metrics_of_the_SDK_arrive_with_their_names_labels_and_values(MetricReaderTemporalityPreference temporality)
    {
        using var headroom = new HeadroomRun();
        await using var server = await RunningProgram.StartAsync(headroom);
        using var meter = new Meter($"test.{temporality}", "1.0");
        using (var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Shop())
            .AddMeter(meter.Name)
            .AddView("request.size", new Base2ExponentialBucketHistogramConfiguration())
            .AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(To(server, "v1/metrics")), exportIntervalMilliseconds: int.MaxValue) { TemporalityPreference = temporality })
            .Build())
        {
            var requests = meter.CreateCounter<long>("http.requests", "{request}", "Requests answered.");
            var duration = meter.CreateHistogram<double>("http.server.request.duration", "s");
            var size = meter.CreateHistogram<double>("request.size", "By");
            meter.CreateObservableGauge("queue.depth", () => 17);
            for (int round = 0; round < 3; round++)
            {
                for (int i = 0; i < 10; i++)
                {
                    requests.Add(2, new KeyValuePair<string, object?>("http.method", "GET"));
                    duration.Record(0.03);
                    size.Record(1000 + i);
                }
                Assert.True(provider.ForceFlush(10_000));
            }
        }

        Assert.Equal(60, await ValueAsync(server, "http_requests_total{service=\"shop\",job=\"tests/shop\",instance=\"one\",http_method=\"GET\"}"));
        Assert.Equal(30, await ValueAsync(server, "http_server_request_duration_seconds_count{service=\"shop\"}"));
        Assert.Equal(30, await ValueAsync(server, "http_server_request_duration_seconds_bucket{service=\"shop\",le=\"5\"}"));
        Assert.Equal(0.9, await ValueAsync(server, "http_server_request_duration_seconds_sum{service=\"shop\"}"), 9);
        Assert.Equal(30, await ValueAsync(server, "histogram_count(request_size_bytes)"));
        Assert.InRange(await ValueAsync(server, "histogram_quantile(0.5, request_size_bytes)"), 1000, 1012);
        Assert.Equal(17, await ValueAsync(server, "queue_depth"));
        Assert.Equal(1, await ValueAsync(server, "target_info{job=\"tests/shop\",instance=\"one\",deployment_environment=\"test\"}"));
    }

    [Fact]
    public async Task Deltas_of_the_SDK_go_on_counting_over_a_restart_of_the_server()
    {
        using var headroom = new HeadroomRun();
        using var meter = new Meter("test.restart");
        var counter = meter.CreateCounter<long>("orders");
        for (int life = 1; life <= 3; life++)
        {
            await using var server = await RunningProgram.StartAsync(headroom);
            using (var provider = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(Shop())
                .AddMeter(meter.Name)
                .AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(To(server, "v1/metrics")), exportIntervalMilliseconds: int.MaxValue) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
                .Build())
            {
                counter.Add(5);
                Assert.True(provider.ForceFlush(10_000));
            }
            Assert.Equal(5 * life, await ValueAsync(server, "orders_total"));
            Assert.Equal(137, await server.SignalAsync("KILL"));
        }
    }

    [Fact]
    public async Task Spans_of_the_SDK_become_duration_histograms()
    {
        using var headroom = new HeadroomRun();
        await using var server = await RunningProgram.StartAsync(headroom);
        using var source = new ActivitySource("test.spans");
        using (var provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Shop())
            .AddSource(source.Name)
            .AddOtlpExporter(options => (options.Protocol, options.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri(server.Url, "v1/traces")))
            .Build())
        {
            for (int i = 0; i < 20; i++)
            {
                var span = source.StartActivity("GET /cart", ActivityKind.Server)!;
                span.SetEndTime(span.StartTimeUtc.AddMilliseconds(250));
                if (i % 4 == 0) span.SetStatus(ActivityStatusCode.Error);
                span.Dispose();
            }
            Assert.True(provider.ForceFlush(10_000));
        }
        const string Series = "traces_span_metrics_duration_seconds{service=\"shop\",span_name=\"GET /cart\",span_kind=\"SPAN_KIND_SERVER\"";
        Assert.Equal(20, await ValueAsync(server, $"sum(histogram_count({Series}}}))"));
        Assert.Equal(5, await ValueAsync(server, $"sum(histogram_count({Series},status_code=\"STATUS_CODE_ERROR\"}}))"));
        Assert.InRange(await ValueAsync(server, $"histogram_quantile(0.9, sum({Series}}}))"), 0.247, 0.253);
    }

    private static ResourceBuilder Shop() => ResourceBuilder.CreateEmpty()
        .AddService("shop", "tests", autoGenerateServiceInstanceId: false, serviceInstanceId: "one")
        .AddAttributes([new KeyValuePair<string, object>("deployment.environment", "test")]);

    private static OtlpExporterOptions To(RunningProgram server, string path) => new() { Protocol = OtlpExportProtocol.HttpProtobuf, Endpoint = new Uri(server.Url, path) };

    private static async Task<double> ValueAsync(RunningProgram server, string expression)
    {
        // The SDK stamps with the machine's clock; so does the question.
        var result = await server.QueryAsync(expression, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.Equal(1, result.GetArrayLength());
        return double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }
}
