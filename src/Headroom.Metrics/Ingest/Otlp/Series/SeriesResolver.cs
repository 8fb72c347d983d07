using System.Text;
using System.Text.Unicode;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>Translates resources, scopes, metrics and attributes the first time they are seen.</summary>
internal sealed class SeriesResolver(OtlpOptions options, CacheRoom room)
{
    /// <summary>What OpenTelemetry's SDKs call a service that nobody named.</summary>
    public const string UnknownService = "unknown_service";

    private const string Namespace = "service.namespace";
    private const string Name = "service.name";
    private const string Instance = "service.instance.id";
    private const int ResourceAttributesField = 1;
    private const int ScopeAttributesField = 3;

    // A resource may have more attributes than a series labels: only those that fit describe it.
    private const int MaxResourceAttributes = 1000;

    private readonly LabelBuilder _labels = new(options.Series);
    private readonly List<Attribute> _attributes = [];
    private byte[] _key = new byte[512];
    private byte[] _scattered = [];

    /// <summary>Room taken for caches since they were last forgotten.</summary>
    public long Taken { get; set; }

    /// <summary>Translates a <c>Resource</c>.</summary>
    public Resource NewResource(ReadOnlySpan<byte> resource)
    {
        Take(resource);
        _attributes.Clear();
        // Damage or excess costs what comes behind it; the metrics are worth more than their description.
        AttributeReader.ReadAll(resource, ResourceAttributesField, MaxResourceAttributes, _attributes);
        string name = Find(Name), space = Find(Namespace), instance = Find(Instance);
        var shared = new List<Label>(3) { new("service", name.Length > 0 ? name : UnknownService) };
        if (name.Length > 0) shared.Add(new Label("job", space.Length > 0 ? $"{space}/{name}" : name));
        if (instance.Length > 0) shared.Add(new Label("instance", instance));
        _attributes.RemoveAll(a => a.Key is Name or Namespace or Instance);
        // Prometheus writes it only for what job or instance identifies, and only when it adds something.
        var info = shared.Count > 1 && _attributes.Count > 0 ? _labels.BuildDescription("target_info", shared, _attributes) : Labels.Empty;
        return new Resource(shared, info.Count > shared.Count + 1 ? info : null);
    }

    /// <summary>Translates an <c>InstrumentationScope</c>.</summary>
    public Scope NewScope(Resource resource, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> schemaUrl)
    {
        Take(scope);
        if (!options.ScopeLabels) return new Scope(resource.Labels);
        string name = "", version = "";
        var reader = new ProtobufReader(scope);
        while (reader.Next())
        {
            if (Tag.Of(reader) == ((1 << 3) | Tag.Length)) name = Text(reader.Bytes);
            else if (Tag.Of(reader) == ((2 << 3) | Tag.Length)) version = Text(reader.Bytes);
        }
        _attributes.Clear();
        AttributeReader.ReadAll(scope, ScopeAttributesField, options.Series.MaxLabels, _attributes);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in _attributes) labels[LabelNames.Translate("otel_scope_" + key)] = value;
        labels["otel_scope_name"] = name;
        labels["otel_scope_version"] = version;
        labels["otel_scope_schema_url"] = Text(schemaUrl);
        return new Scope([.. resource.Labels, .. labels.Where(l => l.Value.Length > 0).Select(l => new Label(l.Key, l.Value))]);
    }

    /// <summary>The metric, translated now or before; its metadata goes into the batch the first time.</summary>
    public MetricFamily FindFamily(Scope scope, in MetricHeader header, MetricsBatch batch)
    {
        var key = KeyOf(header);
        var family = scope.Families.Find(key);
        if (family is not null) return family;
        Take(key);
        scope.Families.Add(key, family = NewFamily(scope, header));
        if (family.Fault.IsNone) batch.Request.Metadata.Add(family.Metadata);
        return family;
    }

    /// <summary>The series of a data point's attributes, known or new.</summary>
    public PointFault FindSeries(MetricFamily family, in PointHeader header, ReadOnlySpan<byte> point, int attributesField, out PointSeries series)
    {
        series = null!;
        if (header.AttributeCount > options.Series.MaxLabels)
            return new PointFault("too-many-labels", $"the data point has {header.AttributeCount} attributes; a series has at most {options.Series.MaxLabels} labels");
        if (!header.TryAttributes(point, out var key)) key = Gather(point, attributesField);
        if (family.Points.Find(key) is { } known)
        {
            series = known;
            return default;
        }
        _attributes.Clear();
        var fault = AttributeReader.ReadAll(key, attributesField, options.Series.MaxLabels, _attributes);
        if (!fault.IsNone) return fault;
        fault = _labels.Build(family.Name, family.Labels, _attributes, out var labels);
        if (!fault.IsNone) return fault;
        Take(key);
        family.Points.Add(key, series = new PointSeries(labels));
        return default;
    }

    private MetricFamily NewFamily(Scope scope, in MetricHeader header)
    {
        string name = Text(header.Name), unit = Text(header.Unit);
        bool isCounter = header.Kind == MetricKind.Sum && header.IsMonotonic;
        string translated = MetricNames.Translate(name, unit, isCounter, header.Kind == MetricKind.Gauge);
        string type = header.Kind switch
        {
            MetricKind.Histogram or MetricKind.Exponential => "histogram",
            MetricKind.Summary => "summary",
            _ => isCounter ? "counter" : "gauge",
        };
        var fault = !Utf8.IsValid(header.Name) ? new PointFault("not-utf8", "the metric's name is not UTF-8")
            : translated.Trim('_').Length == 0 ? new PointFault("bad-metric-name", "the metric's name has no character that a name can have")
            : Encoding.UTF8.GetByteCount(translated) > options.Series.MaxLabelValueBytes - 16 ? new PointFault("label-value-too-long", "the metric's name is too long")
            : header.Kind is MetricKind.Sum or MetricKind.Histogram or MetricKind.Exponential && header.Temporality is not (Temporality.Delta or Temporality.Cumulative)
                ? new PointFault("no-temporality", "the aggregation temporality is neither delta nor cumulative")
            : default;
        return new MetricFamily(name.Length <= 200 ? name : name[..200] + "…", translated, new MetricMetadata(translated, type, unit, Text(header.Description)), scope.Labels, fault);
    }

    private ReadOnlySpan<byte> KeyOf(in MetricHeader header)
    {
        int length = 10 + header.Name.Length + header.Unit.Length + header.Description.Length;
        if (_key.Length < length) _key = new byte[length * 2];
        _key[0] = (byte)((int)header.Kind | (header.IsMonotonic ? 64 : 0));
        _key[1] = (byte)header.Temporality;
        BitConverter.TryWriteBytes(_key.AsSpan(2), header.Name.Length);
        BitConverter.TryWriteBytes(_key.AsSpan(6), header.Unit.Length);
        header.Name.CopyTo(_key.AsSpan(10));
        header.Unit.CopyTo(_key.AsSpan(10 + header.Name.Length));
        header.Description.CopyTo(_key.AsSpan(10 + header.Name.Length + header.Unit.Length));
        return _key.AsSpan(0, length);
    }

    // Attributes that other fields stand between: rare, but legal.
    private ReadOnlySpan<byte> Gather(ReadOnlySpan<byte> point, int attributesField)
    {
        if (_scattered.Length < point.Length) _scattered = new byte[point.Length];
        int length = 0, start = 0;
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            if (reader.Field == attributesField && reader.Type == WireType.LengthDelimited)
            {
                point[start..reader.Position].CopyTo(_scattered.AsSpan(length));
                length += reader.Position - start;
            }
            start = reader.Position;
        }
        return _scattered.AsSpan(0, length);
    }

    private string Find(string key)
    {
        foreach (var attribute in _attributes)
            if (attribute.Key == key)
                return attribute.Value.Length <= options.Series.MaxLabelValueBytes / 4 ? attribute.Value : attribute.Value[..(options.Series.MaxLabelValueBytes / 4)];
        return "";
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : "";

    private void Take(ReadOnlySpan<byte> key) => Taken += room.Take(key.Length);
}
