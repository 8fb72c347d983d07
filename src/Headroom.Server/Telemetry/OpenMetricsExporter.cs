using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Headroom.Server.Telemetry;

/// <summary>
/// Collects every meter named <c>Headroom.*</c> in this process and the runtime's own (garbage collector, memory, thread pool), and writes the totals as OpenMetrics text. Instruments
/// that are bound to another server of the same process (a meter's scope) are left out. Memory is bounded: at most
/// <see cref="MaxSeriesPerInstrument"/> label sets per instrument; what comes beyond is added to one series labelled
/// <c>overflow="true"</c>.
/// </summary>
internal sealed class OpenMetricsExporter : IDisposable
{
    internal const int MaxSeriesPerInstrument = 2_000;

    /// <summary>The meter of .NET itself.</summary>
    internal const string RuntimeMeter = "System.Runtime";

    // Latency buckets in seconds, from 0.5 ms to 10 s.
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly Lock _collecting = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public OpenMetricsExporter(object scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith("Headroom.", StringComparison.Ordinal) && instrument.Meter.Name != RuntimeMeter) return;
            if (instrument.Meter.Scope is { } owner && !ReferenceEquals(owner, scope)) return;
            listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>All families as OpenMetrics 1.0 text, with its terminating <c># EOF</c>.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        lock (_collecting)
        {
            // What is observed is as it is now: a series that gives nothing any more is gone, not frozen.
            lock (_lock)
                foreach (var family in _families.Values) family.Forget();
            _listener.RecordObservableInstruments();
            lock (_lock)
                foreach (var family in _families.Values) family.WriteTo(text);
        }
        return text.Append("# EOF\n").ToString();
    }

    public void Dispose() => _listener.Dispose();

    private Family FamilyOf(Instrument instrument)
    {
        var kind = instrument switch
        {
            _ when instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal) => FamilyKind.Histogram,
            _ when instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) => FamilyKind.Counter,
            _ when instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal) => FamilyKind.ObservedCounter,
            _ when instrument.GetType().Name.StartsWith("UpDownCounter", StringComparison.Ordinal) => FamilyKind.UpDown,
            _ => FamilyKind.Gauge,
        };
        string name = NameOf(instrument.Name, instrument.Unit);
        double[] bounds = instrument is Instrument<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised] : Bounds;
        lock (_lock)
        {
            if (!_families.TryGetValue(name, out var family))
                _families[name] = family = new Family(name, kind, instrument.Description ?? "", SuffixOf(instrument.Unit)?[1..], bounds, instrument.IsObservable);
            return family;
        }
    }

    /// <summary>OpenTelemetry's name in Prometheus's spelling: dots become underscores and the unit a suffix.</summary>
    internal static string NameOf(string name, string? unit)
    {
        // A name without dots is a document's, and stays as it is written there.
        if (!name.Contains('.', StringComparison.Ordinal)) return name;
        string spelled = name.Replace('.', '_');
        return SuffixOf(unit) is { } suffix && !spelled.EndsWith(suffix, StringComparison.Ordinal) ? spelled + suffix : spelled;
    }

    private static string? SuffixOf(string? unit) => unit switch { "s" => "_seconds", "By" => "_bytes", _ => null };

    private enum FamilyKind { Counter, ObservedCounter, UpDown, Gauge, Histogram }

    private sealed class Family(string name, FamilyKind kind, string help, string? unit, double[] bounds, bool observed)
    {
        private readonly Lock _lock = new();
        private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

        public void Forget()
        {
            if (!observed) return;
            lock (_lock) _series.Clear();
        }

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string labels = Render(tags);
            lock (_lock)
            {
                if (!_series.TryGetValue(labels, out var series))
                {
                    if (_series.Count >= MaxSeriesPerInstrument) labels = "overflow=\"true\"";
                    if (!_series.TryGetValue(labels, out series))
                        _series[labels] = series = new Series(kind == FamilyKind.Histogram ? new long[bounds.Length + 1] : null);
                }
                series.Value = kind is FamilyKind.Gauge or FamilyKind.ObservedCounter ? value : series.Value + value;
                if (series.Buckets is null) return;
                int bucket = Array.BinarySearch(bounds, value);
                series.Buckets[bucket < 0 ? ~bucket : bucket]++;
            }
        }

        public void WriteTo(StringBuilder text)
        {
            string type = kind switch { FamilyKind.Histogram => "histogram", FamilyKind.Counter or FamilyKind.ObservedCounter => "counter", _ => "gauge" };
            text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            if (unit is not null) text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
            if (help.Length > 0) text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
            lock (_lock)
                foreach (var (labels, series) in _series)
                    if (series.Buckets is null) Line(text, type == "counter" ? "_total" : "", labels, null, series.Value);
                    else WriteHistogram(text, labels, series);
        }

        private void WriteHistogram(StringBuilder text, string labels, Series series)
        {
            long cumulative = 0;
            for (int i = 0; i < series.Buckets!.Length; i++)
            {
                cumulative += series.Buckets[i];
                Line(text, "_bucket", labels, i < bounds.Length ? Number(bounds[i]) : "+Inf", cumulative);
            }
            Line(text, "_count", labels, null, cumulative);
            Line(text, "_sum", labels, null, series.Value);
        }

        private void Line(StringBuilder text, string suffix, string labels, string? bound, double value)
        {
            text.Append(name).Append(suffix);
            if (labels.Length > 0 || bound is not null)
            {
                text.Append('{').Append(labels);
                if (bound is not null) text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(bound).Append('"');
                text.Append('}');
            }
            text.Append(' ').Append(Number(value)).Append('\n');
        }

        private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        private static string Render(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty) return "";
            var text = new StringBuilder(64);
            foreach (var (key, value) in tags)
            {
                if (text.Length > 0) text.Append(',');
                text.Append(key.Replace('.', '_')).Append("=\"")
                    .Append(Convert.ToString(value, CultureInfo.InvariantCulture)?.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
            }
            return text.ToString();
        }

        private sealed class Series(long[]? buckets)
        {
            public double Value;
            public readonly long[]? Buckets = buckets;
        }
    }
}
