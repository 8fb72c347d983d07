using System.Diagnostics.Metrics;

namespace Headroom.Server.Telemetry;

/// <summary>
/// The three metrics that the tuning guide (document 2) names, under its names, in its units and with its dimensions:
/// <c>E2ELatency</c> in milliseconds by Environment and Component, <c>CircuitBreakerEfficiency</c> and <c>CacheHitRate</c> in percent. Without
/// anything to tell, the latter two give nothing rather than 0 or 100.
/// </summary>
internal sealed class DocumentMetrics : IDisposable
{
    // From a tenth of a millisecond to ten seconds.
    private static readonly double[] LatencyBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

    private readonly Histogram<double> _latency;
    private readonly ShareWindow _cache;
    private readonly ShareWindow _circuits;
    private readonly MeterListener _resilience = new();
    private readonly KeyValuePair<string, object?>[] _environment;

    public DocumentMetrics(Meter meter, string? environment, TimeProvider time)
    {
        _environment = environment is null ? [] : [new("Environment", environment)];
        (_cache, _circuits) = (new ShareWindow(time), new ShareWindow(time));
        _latency = meter.CreateHistogram("E2ELatency", "ms", "End-to-end latency: from the request's first byte to the end of its answer, with every wait in between, by component.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBounds });
        meter.CreateObservableGauge("CircuitBreakerEfficiency", () => Observed(_circuits.Percent(), _environment), "%", "Of the calls that circuit breakers let through in the last 5 minutes, the percentage that succeeded.");
        meter.CreateObservableGauge("CacheHitRate", () => Observed(_cache.Percent(), []), "%", "Of the reads that could have been answered from the cache in the last 5 minutes, the percentage that were.");
        _resilience.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Headroom.Resilience", Name: "headroom.resilience.circuit_breaker.calls" }) listener.EnableMeasurementEvents(instrument);
        };
        _resilience.SetMeasurementEventCallback<long>((_, calls, tags, _) => Called(calls, tags));
        _resilience.Start();
    }

    /// <summary>Records one answered request.</summary>
    public void Answered(string component, TimeSpan took)
    {
        var of = new KeyValuePair<string, object?>("Component", component);
        if (_environment is [var environment]) _latency.Record(took.TotalMilliseconds, environment, of);
        else _latency.Record(took.TotalMilliseconds, of);
    }

    /// <summary>Counts one read that the cache could have answered.</summary>
    public void CacheAnswered(bool hit) => _cache.Add(hit);

    public void Dispose() => _resilience.Dispose();

    private void Called(long calls, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
            if (name == "result" && value is "success" or "failure")
                _circuits.Add(value is "success", calls);
    }

    private static IEnumerable<Measurement<double>> Observed(double? value, KeyValuePair<string, object?>[] tags) =>
        value is { } known ? [new Measurement<double>(known, tags)] : [];
}
