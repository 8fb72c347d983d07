using System.Text;
using System.Text.Unicode;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Reads an <c>ExportTraceServiceRequest</c> (opentelemetry/proto/collector/trace/v1) into observations of
/// <c>traces_span_metrics_duration_seconds</c>. Damage within a span costs that span. For one thread at a time.
/// </summary>
internal sealed class TracesDecoder(OtlpOptions options, CacheRoom room, KnownOperations operations)
{
    /// <summary>The metric that spans become, named as the Collector's span-metrics connector does in seconds.</summary>
    public const string Metric = "traces_span_metrics_duration_seconds";

    /// <summary>The name under which operations beyond a service's limit are counted.</summary>
    public const string OtherOperations = "(other)";

    private const string ServiceName = "service.name";
    private const int ResourceSpansTag = (1 << 3) | Tag.Length;
    private const int ResourceTag = (1 << 3) | Tag.Length;
    private const int ScopeSpansTag = (2 << 3) | Tag.Length;
    private const int SpanTag = (2 << 3) | Tag.Length;
    private const int MaxResourceAttributes = 1000;

    private static readonly string[] Kinds =
        ["SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"];

    private static readonly string[] Statuses = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

    private readonly List<Attribute> _attributes = [];
    private byte[] _key = new byte[256];
    private ByteKeyedCache<SpanService> _services = new();
    private long _taken;

    /// <summary>Forgets what it remembers.</summary>
    public void Forget()
    {
        room.Return(_taken);
        _taken = 0;
        _services = new ByteKeyedCache<SpanService>();
    }

    /// <summary>Reads a body; the problem when it as a whole is no such message.</summary>
    public Problem? Decode(ReadOnlySpan<byte> body, long now, TracesBatch batch)
    {
        if (room.IsExceeded) Forget();
        long latest = now + (long)options.MaxSpanAhead.TotalMilliseconds;
        var reader = new ProtobufReader(body);
        int index = 0;
        while (reader.Next())
        {
            if (Tag.Of(reader) != ResourceSpansTag) continue;
            if (!ReadResourceSpans(reader.Bytes, latest, batch)) return MetricsDecoder.Malformed($"resource_spans[{index}]", reader.Position - reader.Bytes.Length);
            index++;
        }
        return reader.Failed ? MetricsDecoder.Malformed("the request", reader.Position) : null;
    }

    private bool ReadResourceSpans(ReadOnlySpan<byte> bytes, long latest, TracesBatch batch)
    {
        // Fields may come in any order, and whose spans they are must be known first.
        ReadOnlySpan<byte> resource = default;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
            if (Tag.Of(reader) == ResourceTag)
                resource = reader.Bytes;
        if (reader.Failed) return false;

        var service = FindService(resource);
        reader = new ProtobufReader(bytes);
        while (reader.Next())
            if (Tag.Of(reader) == ScopeSpansTag && !ReadScopeSpans(reader.Bytes, service, latest, batch))
                return false;
        return true;
    }

    private bool ReadScopeSpans(ReadOnlySpan<byte> bytes, SpanService service, long latest, TracesBatch batch)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (Tag.Of(reader) != SpanTag) continue;
            batch.Spans++;
            var fault = ReadSpan(reader.Bytes, service, latest, batch);
            if (!fault.IsNone) batch.Reject(service.Name, fault);
        }
        return !reader.Failed;
    }

    private PointFault ReadSpan(ReadOnlySpan<byte> bytes, SpanService service, long latest, TracesBatch batch)
    {
        if (!SpanMessage.TryRead(bytes, out var span)) return PointFault.Damaged("a span");
        if (span.Start == 0 || span.End == 0) return new PointFault("no-time", "a span has no start or no end");
        if (span.End < span.Start) return new PointFault("negative-duration", "a span ends before it starts");
        if (span.EndMilliseconds > latest) return new PointFault("too-far-in-future", $"a span ends more than {options.MaxSpanAhead.TotalMinutes:0.#} min ahead of this machine's clock");
        var fault = FindSeries(service, span, out var series);
        if (!fault.IsNone) return fault;
        batch.Add(series, span.EndMilliseconds, (span.End - span.Start) / 1e9, SpanId.Of(span.TraceId, span.Id));
        return default;
    }

    private SpanService FindService(ReadOnlySpan<byte> resource)
    {
        var service = _services.Find(resource);
        if (service is not null) return service;
        _attributes.Clear();
        AttributeReader.ReadAll(resource, 1, MaxResourceAttributes, _attributes);
        string name = _attributes.Find(static a => a.Key == ServiceName).Value ?? "";
        int most = options.Series.MaxLabelValueBytes / 4;
        service = new SpanService(name.Length == 0 ? SeriesResolver.UnknownService : name.Length > most ? name[..most] : name);
        _services.Add(resource, service);
        _taken += room.Take(resource.Length);
        return service;
    }

    private PointFault FindSeries(SpanService service, in SpanMessage span, out SpanSeries series)
    {
        series = null!;
        if (span.Name.Length > options.Series.MaxLabelValueBytes) return new PointFault("label-value-too-long", $"a span's name has more than {options.Series.MaxLabelValueBytes} bytes");
        int kind = span.Kind < (ulong)Kinds.Length ? (int)span.Kind : 0;
        int status = span.Status < (ulong)Statuses.Length ? (int)span.Status : 0;
        if (_key.Length < span.Name.Length + 1) _key = new byte[span.Name.Length * 2];
        _key[0] = (byte)(kind << 4 | status);
        span.Name.CopyTo(_key.AsSpan(1));
        var key = _key.AsSpan(0, span.Name.Length + 1);
        if (service.Series.Find(key) is { } known)
        {
            series = known;
            return default;
        }
        if (!Utf8.IsValid(span.Name)) return new PointFault("not-utf8", "a span's name is not UTF-8");
        string name = Encoding.UTF8.GetString(span.Name);
        bool admitted = operations.Admit(service.Name, name);
        series = new SpanSeries(Labels.Of(Metric, ("service", service.Name), ("span_name", admitted ? name : OtherOperations), ("span_kind", Kinds[kind]), ("status_code", Statuses[status])), !admitted);
        service.Series.Add(key, series);
        _taken += room.Take(key.Length);
        return default;
    }
}
