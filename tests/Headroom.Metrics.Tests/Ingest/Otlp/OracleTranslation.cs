using System.Globalization;
using System.Text.Json;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.PromQL.Output;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>
/// What a request should come to, said plainly over the generated classes: no cache, no span, no scratch. Names alone are
/// taken from the program; they have tests of their own.
/// </summary>
internal sealed class OracleTranslation
{
    private readonly HashSet<(string Identity, ulong Start)> _started = [];
    private readonly Dictionary<string, ulong> _starts = [];

    public List<string> Lines { get; } = [];

    public int Points { get; private set; }

    public int Rejected { get; private set; }

    public void Translate(ExportMetricsServiceRequest request)
    {
        foreach (var resource in request.ResourceMetrics)
            foreach (var metric in resource.ScopeMetrics.SelectMany(s => s.Metrics))
                Translate(resource, metric);
    }

    private void Translate(ResourceMetrics resource, Metric metric)
    {
        string service = resource.Resource.Attributes.FirstOrDefault(a => a.Key == "service.name")?.Value.StringValue ?? "";
        bool counter = metric.Sum is { IsMonotonic: true };
        string name = MetricNames.Translate(metric.Name, metric.Unit, counter, metric.DataCase == Metric.DataOneofCase.Gauge);
        var temporality = metric.Sum?.AggregationTemporality ?? metric.Histogram?.AggregationTemporality ?? metric.ExponentialHistogram?.AggregationTemporality ?? AggregationTemporality.Cumulative;
        bool isFit = name.Trim('_').Length > 0 && temporality == AggregationTemporality.Cumulative;
        var scope = new SeriesScope(service, name, $"{service}|{metric}".Split("\"dataPoints\"")[0]);

        foreach (var p in (IEnumerable<NumberDataPoint>?)metric.Gauge?.DataPoints ?? metric.Sum?.DataPoints ?? [])
            Point(isFit && HaveNames(p.Attributes) && p.TimeUnixNano > 0 && (p.Flags % 2 == 1 || p.ValueCase != NumberDataPoint.ValueOneofCase.None), () => Number(scope, p, counter));
        foreach (var p in metric.Histogram?.DataPoints ?? []) Point(isFit && HaveNames(p.Attributes) && IsFit(p), () => Classic(scope, p));
        foreach (var p in metric.ExponentialHistogram?.DataPoints ?? []) Point(isFit && HaveNames(p.Attributes) && IsFit(p), () => Native(scope, p));
        foreach (var p in metric.Summary?.DataPoints ?? []) Point(isFit && HaveNames(p.Attributes) && p.TimeUnixNano > 0 && p.QuantileValues.All(q => q.Quantile <= 1), () => Summary(scope, p));
    }

    private static bool HaveNames(IEnumerable<KeyValue> attributes) => attributes.All(a => LabelNames.Translate(a.Key).Length > 0);

    private void Point(bool isFit, Action write)
    {
        Points++;
        if (isFit) write();
        else Rejected++;
    }

    private static bool IsFit(HistogramDataPoint p) => p.TimeUnixNano > 0 && (p.Flags % 2 == 1
        || (p.BucketCounts.Count == 0 && p.ExplicitBounds.Count == 0)
        || (p.BucketCounts.Count == p.ExplicitBounds.Count + 1 && p.BucketCounts.Aggregate(0UL, (a, b) => a + b) == p.Count));

    private static bool IsFit(ExponentialHistogramDataPoint p) => p.TimeUnixNano > 0 && (p.Flags % 2 == 1 || (p.Scale >= -4
        && p.Count >= p.ZeroCount + p.Positive.BucketCounts.Concat(p.Negative.BucketCounts).Aggregate(0UL, (a, b) => a + b)));

    private void Number(SeriesScope scope, NumberDataPoint p, bool counter)
    {
        var labels = scope.Labels(p.Attributes);
        double value = p.Flags % 2 == 1 ? StaleMarker.Value : p.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? p.AsInt : StaleMarker.IsStale(p.AsDouble) ? double.NaN : p.AsDouble;
        if (counter && StartsAnew(scope, p.Attributes, p.StartTimeUnixNano, p.TimeUnixNano, p.Flags)) Add(labels, p.StartTimeUnixNano, 0);
        Add(labels, p.TimeUnixNano, value);
    }

    private void Classic(SeriesScope scope, HistogramDataPoint p)
    {
        var labels = scope.Labels(p.Attributes);
        Labels Part(string suffix) => labels.With(Labels.MetricName, labels.Name + suffix);
        Labels Bucket(string le) => Part("_bucket").With("le", le);
        // How long a histogram's buckets were before it ended is known to who kept them; the tests about that are elsewhere.
        bool stale = p.Flags % 2 == 1;
        var bounds = p.ExplicitBounds.Select(b => GoFloat.Plain(b)).Append("+Inf").ToArray();
        if (StartsAnew(scope, p.Attributes, p.StartTimeUnixNano, p.TimeUnixNano, p.Flags))
            foreach (var series in bounds.Select(Bucket).Prepend(Part("_count")).Prepend(Part("_sum")))
                Add(series, p.StartTimeUnixNano, 0);
        if (p.HasSum || stale) Add(Part("_sum"), p.TimeUnixNano, stale ? StaleMarker.Value : StaleMarker.IsStale(p.Sum) ? double.NaN : p.Sum);
        Add(Part("_count"), p.TimeUnixNano, stale ? StaleMarker.Value : p.Count);
        ulong below = 0;
        for (int i = 0; i < bounds.Length; i++)
        {
            below += p.BucketCounts.Count > 0 && i < p.BucketCounts.Count ? p.BucketCounts[i] : 0;
            Add(Bucket(bounds[i]), p.TimeUnixNano, stale ? StaleMarker.Value : i == bounds.Length - 1 ? p.Count : below);
        }
    }

    private void Native(SeriesScope scope, ExponentialHistogramDataPoint p)
    {
        var labels = scope.Labels(p.Attributes);
        int shift = Math.Max(0, p.Scale - 20);
        string Buckets(ExponentialHistogramDataPoint.Types.Buckets b) => string.Join(',', b.BucketCounts.Select((count, i) => (Index: (b.Offset + i) >> shift, Count: count))
            .GroupBy(x => x.Index).Select(g => (Index: g.Key, Count: g.Sum(x => (double)x.Count))).Where(x => x.Count > 0).Select(x => $"{x.Index}:{x.Count}"));
        if (StartsAnew(scope, p.Attributes, p.StartTimeUnixNano, p.TimeUnixNano, p.Flags)) Lines.Add($"{labels} h0 {p.StartTimeUnixNano / 1_000_000}");
        Lines.Add(p.Flags % 2 == 1 ? $"{labels} hstale {p.TimeUnixNano / 1_000_000}"
            : FormattableString.Invariant($"{labels} h{p.Scale - shift} {p.Count} {p.Sum} {p.ZeroCount}@{p.ZeroThreshold} [{Buckets(p.Positive)}] [{Buckets(p.Negative)}] {p.TimeUnixNano / 1_000_000}"));
    }

    private void Summary(SeriesScope scope, SummaryDataPoint p)
    {
        var labels = scope.Labels(p.Attributes);
        bool stale = p.Flags % 2 == 1;
        Add(labels.With(Labels.MetricName, labels.Name + "_sum"), p.TimeUnixNano, stale ? StaleMarker.Value : StaleMarker.IsStale(p.Sum) ? double.NaN : p.Sum);
        Add(labels.With(Labels.MetricName, labels.Name + "_count"), p.TimeUnixNano, stale ? StaleMarker.Value : p.Count);
        foreach (var q in p.QuantileValues) Add(labels.With("quantile", GoFloat.Plain(q.Quantile)), p.TimeUnixNano, stale ? StaleMarker.Value : q.Value);
    }

    // A start is written once for as long as it stays the same, if it lies before the point and not too far.
    private bool StartsAnew(SeriesScope scope, IEnumerable<KeyValue> attributes, ulong start, ulong time, uint flags)
    {
        string identity = scope.Identity + string.Concat(attributes.Select(a => a.ToString()));
        if (flags % 2 == 1 || start == 0 || _starts.GetValueOrDefault(identity) / 1_000_000 == start / 1_000_000) return false;
        _starts[identity] = start;
        return start / 1_000_000 < time / 1_000_000 && (time / 1_000_000) - (start / 1_000_000) <= 600_000;
    }

    private void Add(Labels labels, ulong nanoseconds, double value) => Lines.Add(Line(labels, (long)(nanoseconds / 1_000_000), value));

    public static string Line(Labels labels, long time, double value) => FormattableString.Invariant($"{labels} {(StaleMarker.IsStale(value) ? "stale" : value)} {time}");

    public static string Line(HistogramSample sample)
    {
        var h = sample.Value;
        if (h.IsStale) return $"{sample.Labels} hstale {sample.Time}";
        if (h.Count == 0 && h.Sum == 0) return $"{sample.Labels} h0 {sample.Time}";
        static string Of(Headroom.Metrics.Histograms.Buckets b) => string.Join(',', b.Indexes.Zip(b.Counts, (i, c) => $"{i}:{c}"));
        return FormattableString.Invariant($"{sample.Labels} h{h.Scale} {h.Count} {h.Sum} {h.ZeroCount}@{h.ZeroThreshold} [{Of(h.Positive)}] [{Of(h.Negative)}] {sample.Time}");
    }

    private sealed record SeriesScope(string Service, string Name, string Identity)
    {
        public Labels Labels(IEnumerable<KeyValue> attributes)
        {
            var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var attribute in attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
            {
                string name = LabelNames.Translate(attribute.Key);
                if (name == Metrics.Labels.MetricName) continue;
                if (name == "service") name = "exported_service";
                labels[name] = labels.TryGetValue(name, out string? before) ? $"{before};{Text(attribute.Value)}" : Text(attribute.Value);
            }
            labels["service"] = Service.Length > 0 ? Service : "unknown_service";
            if (Service.Length > 0) labels["job"] = Service;
            return Metrics.Labels.Of(Name, [.. labels.Select(l => (l.Key, l.Value))]);
        }

        private static string Text(AnyValue? value) => value?.ValueCase switch
        {
            AnyValue.ValueOneofCase.StringValue => value.StringValue,
            AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
            AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
            AnyValue.ValueOneofCase.DoubleValue => GoFloat.Json(value.DoubleValue),
            AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
            AnyValue.ValueOneofCase.ArrayValue => JsonSerializer.Serialize(value.ArrayValue.Values.Select(v => v.HasIntValue ? (object)v.IntValue : v.StringValue)),
            _ => "",
        };
    }
}
