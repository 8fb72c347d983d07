using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Headroom.Server.Telemetry;

/// <summary>
/// Metrics and traces on their way to an OTLP collector, by the OpenTelemetry SDK: every <c>Headroom.*</c> meter and the runtime's, every
/// <c>Headroom.*</c> source and the framework's server and client spans. Sending happens behind the requests; what a collector does not take in
/// time is dropped, never waited for.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const int LongestShutdown = 5_000;
    private const int LongestExport = 10_000;

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    public OtlpExport(TelemetrySettings settings)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("headroom", serviceVersion: ServerTelemetry.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: Environment.MachineName);
        if (settings.Environment is { } environment) resource.AddAttributes([new("deployment.environment.name", environment)]);
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("Headroom.*", OpenMetricsExporter.RuntimeMeter)
            .SetMaxMetricStreams(1_000)
            .AddOtlpExporter((otlp, reader) =>
            {
                Set(otlp, settings, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)Math.Min(settings.Every.TotalMilliseconds, int.MaxValue);
            }).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            // The framework makes the span of a request and of a call to elsewhere, and carries traceparent in and out.
            .AddSource("Headroom.*", "Microsoft.AspNetCore", "System.Net.Http")
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.TraceSampling)))
            .AddOtlpExporter(otlp => Set(otlp, settings, "v1/traces")).Build();
    }

    /// <summary>Sends what has not been sent, in a bounded time.</summary>
    /// <returns>Whether all of it was taken.</returns>
    public bool Close() => _metrics.Shutdown(LongestShutdown) & _traces.Shutdown(LongestShutdown);

    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }

    private static void Set(OtlpExporterOptions otlp, TelemetrySettings settings, string path)
    {
        otlp.Protocol = settings.Protocol == OtlpTransport.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = settings.Protocol == OtlpTransport.Grpc ? settings.Otlp! : new Uri(settings.Otlp!.ToString().TrimEnd('/') + "/" + path);
        otlp.TimeoutMilliseconds = LongestExport;
        // The exporter's own setting for headers is one string that cannot hold every value.
        otlp.HttpClientFactory = () =>
        {
            var http = new HttpClient { Timeout = TimeSpan.FromMilliseconds(LongestExport) };
            foreach (var (name, value) in settings.Headers) http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
            return http;
        };
    }
}
