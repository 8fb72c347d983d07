using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Reads an <c>ExportMetricsServiceRequest</c> (opentelemetry/proto/collector/metrics/v1) into a batch. Damage within a data
/// point costs that point; damage around points refuses the whole body. What resources, scopes, metrics and attributes came
/// to is remembered by their bytes, so that a point of a known series allocates nothing. For one thread at a time.
/// </summary>
internal sealed class MetricsDecoder
{
    private const int ResourceMetricsTag = (1 << 3) | Tag.Length;
    private const int ResourceTag = (1 << 3) | Tag.Length;
    private const int ScopeMetricsTag = (2 << 3) | Tag.Length;
    private const int ScopeTag = (1 << 3) | Tag.Length;
    private const int MetricTag = (2 << 3) | Tag.Length;
    private const int SchemaUrlTag = (3 << 3) | Tag.Length;

    private readonly OtlpOptions _options;
    private readonly CacheRoom _room;
    private readonly SeriesResolver _resolver;
    private readonly PointWriter _points;
    private readonly byte[] _scopeKey = new byte[4096];
    private ByteKeyedCache<Resource> _resources = new();

    public MetricsDecoder(OtlpOptions options, CacheRoom room)
    {
        (_options, _room) = (options, room);
        _resolver = new SeriesResolver(options, room);
        _points = new PointWriter(options, _resolver);
    }

    /// <summary>Forgets what it remembers.</summary>
    public void Forget()
    {
        _room.Return(_resolver.Taken);
        _resolver.Taken = 0;
        _resources = new ByteKeyedCache<Resource>();
    }

    /// <summary>Reads a body; the problem when it as a whole is no such message, and then the batch is of no use.</summary>
    public Problem? Decode(ReadOnlySpan<byte> body, MetricsBatch batch)
    {
        if (_room.IsExceeded) Forget();
        var reader = new ProtobufReader(body);
        int index = 0;
        while (reader.Next())
        {
            if (Tag.Of(reader) != ResourceMetricsTag) continue;
            if (!ReadResourceMetrics(reader.Bytes, batch, out string where))
                return Malformed($"resource_metrics[{index}]{where}", reader.Position - reader.Bytes.Length);
            index++;
        }
        return reader.Failed ? Malformed("the request", reader.Position) : null;
    }

    internal static Problem Malformed(string what, int at) => new(
        "otlp-malformed", $"{what} cannot be read: the bytes are not the protobuf message that belongs here.", $"body, byte {at}",
        "Send an OTLP export request as protobuf (application/x-protobuf) or JSON (application/json).");

    private bool ReadResourceMetrics(ReadOnlySpan<byte> bytes, MetricsBatch batch, out string where)
    {
        where = "";
        // Fields may come in any order, and what the resource is must be known first.
        ReadOnlySpan<byte> resourceBytes = default;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
            if (Tag.Of(reader) == ResourceTag)
                resourceBytes = reader.Bytes;
        if (reader.Failed) return false;

        var resource = _resources.Find(resourceBytes);
        if (resource is null) _resources.Add(resourceBytes, resource = _resolver.NewResource(resourceBytes));
        _points.BeginResource();
        reader = new ProtobufReader(bytes);
        int index = 0;
        while (reader.Next())
        {
            if (Tag.Of(reader) != ScopeMetricsTag) continue;
            if (!ReadScopeMetrics(reader.Bytes, resource, batch, out where))
            {
                where = $".scope_metrics[{index}]{where}";
                return false;
            }
            index++;
        }
        _points.EndResource(resource, batch);
        return true;
    }

    private bool ReadScopeMetrics(ReadOnlySpan<byte> bytes, Resource resource, MetricsBatch batch, out string where)
    {
        where = "";
        ReadOnlySpan<byte> scopeBytes = default, schemaUrl = default;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (Tag.Of(reader) == ScopeTag) scopeBytes = reader.Bytes;
            else if (Tag.Of(reader) == SchemaUrlTag) schemaUrl = reader.Bytes;
        }
        if (reader.Failed) return false;

        var scope = FindScope(resource, scopeBytes, schemaUrl);
        reader = new ProtobufReader(bytes);
        int index = 0;
        while (reader.Next())
        {
            if (Tag.Of(reader) != MetricTag) continue;
            if (!ReadMetric(reader.Bytes, scope, batch))
            {
                where = $".metrics[{index}]";
                return false;
            }
            index++;
        }
        return true;
    }

    private Scope FindScope(Resource resource, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> schemaUrl)
    {
        // Without its labels a scope only keeps apart what needs not be kept apart.
        ReadOnlySpan<byte> key = _options.ScopeLabels ? scope : default;
        if (_options.ScopeLabels && !schemaUrl.IsEmpty)
        {
            if (scope.Length + schemaUrl.Length + 1 > _scopeKey.Length) return _resolver.NewScope(resource, scope, schemaUrl);
            scope.CopyTo(_scopeKey);
            // A byte that no UTF-8 has parts the two.
            _scopeKey[scope.Length] = 0xFF;
            schemaUrl.CopyTo(_scopeKey.AsSpan(scope.Length + 1));
            key = _scopeKey.AsSpan(0, scope.Length + schemaUrl.Length + 1);
        }
        var known = resource.Scopes.Find(key);
        if (known is null) resource.Scopes.Add(key, known = _resolver.NewScope(resource, scope, schemaUrl));
        return known;
    }

    private bool ReadMetric(ReadOnlySpan<byte> bytes, Scope scope, MetricsBatch batch)
    {
        if (!MetricHeader.TryRead(bytes, out var header)) return false;
        if (header.Kind == MetricKind.None) return true;
        var family = _resolver.FindFamily(scope, header, batch);
        var reader = new ProtobufReader(header.Data);
        while (reader.Next())
        {
            if (Tag.Of(reader) != MetricHeader.DataPointTag) continue;
            if (!batch.BeginPoint(family)) continue;
            var fault = family.Fault.IsNone ? _points.Write(reader.Bytes, header, family, batch) : family.Fault;
            if (!fault.IsNone) batch.Reject(family, fault);
        }
        return !reader.Failed;
    }
}
