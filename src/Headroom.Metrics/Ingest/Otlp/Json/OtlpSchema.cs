namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>A message of OTLP as its JSON form is read: only the fields that are used; others are passed over.</summary>
internal sealed class OtlpSchema(bool isItem, params JsonField[] fields)
{
    /// <summary>Whether it is a data point or span: what is wrong within it costs it, and nothing around it.</summary>
    public bool IsItem { get; } = isItem;

    public JsonField[] Fields { get; private set; } = fields;

    /// <summary><c>ExportMetricsServiceRequest</c></summary>
    public static OtlpSchema Metrics { get; }

    /// <summary><c>ExportTraceServiceRequest</c></summary>
    public static OtlpSchema Traces { get; }

    static OtlpSchema()
    {
        var anyValue = new OtlpSchema(false);
        var keyValue = new OtlpSchema(false, new("key", 1, JsonKind.Text), new("value", 2, anyValue));
        var arrayValue = new OtlpSchema(false, new JsonField("values", 1, anyValue, true));
        var keyValueList = new OtlpSchema(false, new JsonField("values", 1, keyValue, true));
        anyValue.Fields =
        [
            new("stringValue", 1, JsonKind.Text), new("boolValue", 2, JsonKind.Flag), new("intValue", 3, JsonKind.Int64), new("doubleValue", 4, JsonKind.Double),
            new("arrayValue", 5, arrayValue), new("kvlistValue", 6, keyValueList), new("bytesValue", 7, JsonKind.Base64),
        ];
        var resource = new OtlpSchema(false, new JsonField("attributes", 1, keyValue, true));
        var scope = new OtlpSchema(false, new("name", 1, JsonKind.Text), new("version", 2, JsonKind.Text), new("attributes", 3, keyValue, true));

        var exemplar = new OtlpSchema(false,
            new("timeUnixNano", 2, JsonKind.Fixed64), new("asDouble", 3, JsonKind.Double), new("spanId", 4, JsonKind.Hex), new("traceId", 5, JsonKind.Hex),
            new("asInt", 6, JsonKind.SignedFixed64), new("filteredAttributes", 7, keyValue, true));
        var number = new OtlpSchema(true,
            new("startTimeUnixNano", 2, JsonKind.Fixed64), new("timeUnixNano", 3, JsonKind.Fixed64), new("asDouble", 4, JsonKind.Double), new("exemplars", 5, exemplar, true),
            new("asInt", 6, JsonKind.SignedFixed64), new("attributes", 7, keyValue, true), new("flags", 8, JsonKind.UInt32));
        var histogram = new OtlpSchema(true,
            new("startTimeUnixNano", 2, JsonKind.Fixed64), new("timeUnixNano", 3, JsonKind.Fixed64), new("count", 4, JsonKind.Fixed64), new("sum", 5, JsonKind.Double),
            new("bucketCounts", 6, JsonKind.Fixed64, true), new("explicitBounds", 7, JsonKind.Double, true), new("exemplars", 8, exemplar, true),
            new("attributes", 9, keyValue, true), new("flags", 10, JsonKind.UInt32));
        var buckets = new OtlpSchema(false, new("offset", 1, JsonKind.ZigZag32), new("bucketCounts", 2, JsonKind.UInt64, true));
        var exponential = new OtlpSchema(true,
            new("attributes", 1, keyValue, true), new("startTimeUnixNano", 2, JsonKind.Fixed64), new("timeUnixNano", 3, JsonKind.Fixed64), new("count", 4, JsonKind.Fixed64),
            new("sum", 5, JsonKind.Double), new("scale", 6, JsonKind.ZigZag32), new("zeroCount", 7, JsonKind.Fixed64), new("positive", 8, buckets), new("negative", 9, buckets),
            new("flags", 10, JsonKind.UInt32), new("exemplars", 11, exemplar, true), new("zeroThreshold", 14, JsonKind.Double));
        var quantile = new OtlpSchema(false, new("quantile", 1, JsonKind.Double), new("value", 2, JsonKind.Double));
        var summary = new OtlpSchema(true,
            new("startTimeUnixNano", 2, JsonKind.Fixed64), new("timeUnixNano", 3, JsonKind.Fixed64), new("count", 4, JsonKind.Fixed64), new("sum", 5, JsonKind.Double),
            new("quantileValues", 6, quantile, true), new("attributes", 7, keyValue, true), new("flags", 8, JsonKind.UInt32));
        var temporality = new JsonField("aggregationTemporality", 2, JsonKind.Enum);
        var metric = new OtlpSchema(false,
            new("name", 1, JsonKind.Text), new("description", 2, JsonKind.Text), new("unit", 3, JsonKind.Text),
            new("gauge", 5, new OtlpSchema(false, new JsonField("dataPoints", 1, number, true))),
            new("sum", 7, new OtlpSchema(false, new JsonField("dataPoints", 1, number, true), temporality, new("isMonotonic", 3, JsonKind.Flag))),
            new("histogram", 9, new OtlpSchema(false, new JsonField("dataPoints", 1, histogram, true), temporality)),
            new("exponentialHistogram", 10, new OtlpSchema(false, new JsonField("dataPoints", 1, exponential, true), temporality)),
            new("summary", 11, new OtlpSchema(false, new JsonField("dataPoints", 1, summary, true))));
        Metrics = Request("resourceMetrics", "scopeMetrics", "metrics", metric);

        var span = new OtlpSchema(true,
            new("traceId", 1, JsonKind.Hex), new("spanId", 2, JsonKind.Hex), new("name", 5, JsonKind.Text), new("kind", 6, JsonKind.Enum),
            new("startTimeUnixNano", 7, JsonKind.Fixed64), new("endTimeUnixNano", 8, JsonKind.Fixed64), new("status", 15, new OtlpSchema(false, new JsonField("code", 3, JsonKind.Enum))));
        Traces = Request("resourceSpans", "scopeSpans", "spans", span);

        OtlpSchema Request(string resources, string scopes, string items, OtlpSchema item) => new(false, new JsonField(resources, 1, new OtlpSchema(false,
            new("resource", 1, resource), new("schemaUrl", 3, JsonKind.Text),
            new JsonField(scopes, 2, new OtlpSchema(false, new("scope", 1, scope), new(items, 2, item, true), new("schemaUrl", 3, JsonKind.Text)), true)), true));
    }
}

/// <summary>A field: its name in JSON (lowerCamelCase), its number, and what it holds.</summary>
internal sealed class JsonField
{
    public JsonField(string name, int number, JsonKind kind, bool isRepeated = false) =>
        (Name, NameUtf8, Number, Kind, IsRepeated) = (name, System.Text.Encoding.UTF8.GetBytes(name), number, kind, isRepeated);

    public JsonField(string name, int number, OtlpSchema message, bool isRepeated = false) : this(name, number, JsonKind.Message, isRepeated) => Message = message;

    public string Name { get; }

    public byte[] NameUtf8 { get; }

    public int Number { get; }

    public JsonKind Kind { get; }

    public bool IsRepeated { get; }

    public OtlpSchema? Message { get; }
}

/// <summary>How a field's value is written in JSON and in protobuf.</summary>
internal enum JsonKind
{
    Message,
    Text,

    /// <summary>Bytes as base64.</summary>
    Base64,

    /// <summary>Bytes as hexadecimal digits: the ids of traces and spans.</summary>
    Hex,
    Flag,
    Double,

    /// <summary>64 bits as a number or as text.</summary>
    Fixed64,
    SignedFixed64,
    UInt64,
    Int64,
    UInt32,
    ZigZag32,

    /// <summary>A number; names of values are not OTLP.</summary>
    Enum,
}
