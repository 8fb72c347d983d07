using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Headroom.Server.Telemetry;

/// <summary>
/// What the server counts about itself. Names follow OpenTelemetry; <see cref="OpenMetricsExporter"/> translates them
/// for <c>GET /metrics</c>.
/// </summary>
internal sealed class ServerTelemetry : IDisposable
{
    /// <summary>The version of this build.</summary>
    public static readonly string Version = typeof(ServerTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestDuration;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _rejected;
    private readonly Histogram<double> _queryDuration;
    private readonly Counter<long> _cache;
    private readonly DocumentMetrics _document;

    public ServerTelemetry(TimeProvider time, string? environment = null)
    {
        _meter = new Meter(new MeterOptions("Headroom.Server") { Version = Version, Scope = this });
        _requests = _meter.CreateCounter<long>("headroom.http.requests", null, "Requests answered, by route, method and status.");
        _requestDuration = _meter.CreateHistogram<double>("headroom.http.request.duration", "s", "Time to answer a request, by route.");
        _samples = _meter.CreateCounter<long>("headroom.ingest.samples", null, "Samples accepted, by protocol.");
        _rejected = _meter.CreateCounter<long>("headroom.ingest.rejected", null, "Samples not kept, by protocol and reason.");
        _queryDuration = _meter.CreateHistogram<double>("headroom.query.duration", "s", "Time to evaluate a query, by kind.");
        _cache = _meter.CreateCounter<long>("headroom.cache.requests", null, "Reads that the cache could have answered, by result: hit, miss, or bypass when the client wanted it fresh.");
        _document = new DocumentMetrics(_meter, environment, time);
        double started = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableGauge("headroom.build.info", () => new Measurement<double>(1, new KeyValuePair<string, object?>("version", Version)), null, "Always 1; the version is in the label.");
        _meter.CreateObservableGauge("headroom.process.start.time", () => started, "s", "Unix time the server started.");
        _meter.CreateObservableGauge("headroom.process.resident.memory", () => Environment.WorkingSet, "By", "Resident memory.");
        _meter.CreateObservableCounter("headroom.process.cpu", () => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds, "s", "Processor time used.");
    }

    /// <summary>Counts one answered request.</summary>
    public void Request(string route, string method, int status, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>("route", route);
        _requests.Add(1, tag, new("method", method), new("code", status));
        _requestDuration.Record(took.TotalSeconds, tag);
        _document.Answered(ComponentOf(route, method), took);
    }

    /// <summary>Counts a read that the cache could have answered, and whether it did.</summary>
    public void CacheAnswered(bool hit)
    {
        _cache.Add(1, new KeyValuePair<string, object?>("result", hit ? "hit" : "miss"));
        _document.CacheAnswered(hit);
    }

    /// <summary>Counts a read whose client wanted it fresh.</summary>
    public void CacheBypassed() => _cache.Add(1, new KeyValuePair<string, object?>("result", "bypass"));

    /// <summary>Counts what a write kept.</summary>
    public void Accepted(string protocol, long samples)
    {
        if (samples > 0) _samples.Add(samples, new KeyValuePair<string, object?>("protocol", protocol));
    }

    /// <summary>Counts what a write did not keep.</summary>
    public void Rejected(string protocol, string reason, long samples)
    {
        if (samples > 0) _rejected.Add(samples, new("protocol", protocol), new KeyValuePair<string, object?>("reason", reason));
    }

    /// <summary>Records one evaluation; <paramref name="kind"/> is <c>instant</c> or <c>range</c>.</summary>
    public void Query(string kind, TimeSpan took) => _queryDuration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>Adds a gauge that is read when the metrics are.</summary>
    public void Observe(string name, string? unit, string description, Func<double> read) => _meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>Adds a counter by outcome that is read when the metrics are.</summary>
    public void ObserveCounter(string name, string description, Func<IEnumerable<(string Outcome, long Count)>> read) => _meter.CreateObservableCounter(name,
        () => read().Select(r => new Measurement<long>(r.Count, new KeyValuePair<string, object?>("outcome", r.Outcome))), null, description);

    public void Dispose()
    {
        _document.Dispose();
        _meter.Dispose();
    }

    // The component API is document 2's; pages and probes are told apart from it because nobody waits for them in the same way.
    private static string ComponentOf(string route, string method) => route switch
    {
        "/" => "Dashboard",
        "/health" or "/ready" or "/openapi.json" => "Server",
        "/metrics" when method == "GET" => "Server",
        _ => "API",
    };
}
