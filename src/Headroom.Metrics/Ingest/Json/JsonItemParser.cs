using System.Globalization;
using System.Text;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.Json;

/// <summary>
/// Reads the items of one body. Each fault is reported with its place and reading goes on behind it, so that one answer
/// tells the client everything.
/// </summary>
internal ref struct JsonItemParser(ReadOnlySpan<byte> body, JsonIngestOptions options, long now, JsonWrite write)
{
    private static readonly (string Name, Fields Field)[] Known =
    [
        ("service_name", Fields.ServiceName), ("metric_type", Fields.MetricType), ("value", Fields.Value),
        ("unit", Fields.Unit), ("kind", Fields.Kind), ("labels", Fields.Labels),
        ("metadata", Fields.Metadata), ("timestamp", Fields.Timestamp), ("id", Fields.Id),
    ];

    private readonly ReadOnlySpan<byte> _body = body;
    private readonly List<Label> _labels = [];
    private int _item;
    private int _problemsBefore;
    private Fields _seen;
    private double _value;
    private long _time;
    private string? _service;
    private string? _metric;
    private string? _unit;
    private string? _id;
    private string? _metadata;
    private Kind _kind;

    [Flags]
    private enum Fields
    {
        None = 0,
        ServiceName = 1,
        MetricType = 2,
        Value = 4,
        Unit = 8,
        Kind = 16,
        Labels = 32,
        Metadata = 64,
        Timestamp = 128,
        Id = 256,
    }

    private enum Kind
    {
        FromUnit,
        Float,
        Distribution,
    }

    /// <summary>Reads the item at which the reader stands, to its last token.</summary>
    public void Parse(ref Utf8JsonReader reader, int item)
    {
        (_item, _problemsBefore, _seen, _kind) = (item, write.ProblemCount, Fields.None, Kind.FromUnit);
        (_service, _metric, _unit, _id, _metadata, _time) = (null, null, null, null, null, now);
        _labels.Clear();
        write.Items++;

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Report("json-wrong-type", $"an item must be an object, not {Describe(reader.TokenType)}", null);
            reader.Skip();
        }
        else
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject) ParseField(ref reader);
            Require(Fields.ServiceName, "service_name");
            Require(Fields.MetricType, "metric_type");
            Require(Fields.Value, "value");
        }
        if (write.ProblemCount == _problemsBefore) AddLabels();
        if (write.ProblemCount == _problemsBefore) Accept();
        else write.RejectedItems++;
    }

    private void Accept()
    {
        var note = _metadata is null && _id is null && _unit is null ? null : new SampleNote(_metadata, _id, _unit);
        var labels = Labels.From([.. _labels]);
        if (_kind == Kind.Distribution || (_kind == Kind.FromUnit && _unit is not null && MeasurementUnit.IsTimeOrSize(_unit)))
            write.Add(new Observation(labels, _time, _value, note), _item);
        else
            write.Add(new FloatSample(labels, _time, _value, note), _item);
    }

    private void AddLabels()
    {
        _labels.Add(new Label(Labels.MetricName, _metric!));
        _labels.Add(new Label("service", _service!));
        if (_labels.Count > options.Series.MaxLabels)
            Report("too-many-labels", $"the series has {_labels.Count} labels with its name and service; at most {options.Series.MaxLabels} are accepted", "labels", ProblemKind.TooLarge);
    }

    private void ParseField(ref Utf8JsonReader reader)
    {
        var field = Identify(ref reader);
        if (field == Fields.None)
        {
            string? name = TryGetString(ref reader);
            Report("json-unknown-field", $"unknown field '{Shorten(name ?? "?")}'", null, fix: "Known are service_name, metric_type, value, unit, kind, labels, metadata, timestamp and id.");
            reader.Skip();
            return;
        }
        reader.Read();
        if ((_seen & field) != 0)
        {
            Report("json-duplicate-field", "the field stands twice", NameOf(field));
            reader.Skip();
            return;
        }
        _seen |= field;
        if (reader.TokenType == JsonTokenType.Null)
        {
            // Absent: only the required ones are missed.
            if ((field & (Fields.ServiceName | Fields.MetricType | Fields.Value)) != 0)
                Report("json-wrong-type", "the field is required and must not be null", NameOf(field));
            return;
        }
        switch (field)
        {
            case Fields.ServiceName: _service = ReadText(ref reader, "service_name", options.Series.MaxLabelValueBytes); break;
            case Fields.MetricType: _metric = ReadText(ref reader, "metric_type", options.Series.MaxLabelValueBytes); break;
            case Fields.Value: ReadValue(ref reader); break;
            case Fields.Unit: _unit = ReadText(ref reader, "unit", options.MaxUnitBytes, mayBeEmpty: true) is { Length: > 0 } unit ? unit : null; break;
            case Fields.Kind: ReadKind(ref reader); break;
            case Fields.Labels: ReadLabels(ref reader); break;
            case Fields.Metadata: ReadMetadata(ref reader); break;
            case Fields.Timestamp: ReadTimestamp(ref reader); break;
            case Fields.Id: _id = ReadText(ref reader, "id", options.MaxIdBytes); break;
        }
    }

    private static Fields Identify(ref Utf8JsonReader reader)
    {
        try
        {
            foreach (var (name, field) in Known)
                if (reader.ValueTextEquals(name))
                    return field;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate: no name of ours.
        }
        return Fields.None;
    }

    private void ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetDouble(out _value) && double.IsFinite(_value)) return;
            Report("value-out-of-range", "the number is too large for a 64-bit float", "value", ProblemKind.Unprocessable);
        }
        else if (reader.TokenType == JsonTokenType.String && TryGetString(ref reader) is { Length: <= 32 } text)
        {
            bool special = NumberText.TryParseSpecial(Encoding.UTF8.GetBytes(text), out _);
            if (special) Report("value-not-finite", $"'{text}' is not a measurement", "value", ProblemKind.Unprocessable, "Leave the item out when there was nothing to measure.");
            else Report("json-wrong-type", $"the value must be a number, not the text '{text}'", "value", fix: "Send it without quotes.");
        }
        else
        {
            Report("json-wrong-type", $"the value must be a number, not {Describe(reader.TokenType)}", "value");
            reader.Skip();
        }
    }

    private void ReadKind(ref Utf8JsonReader reader)
    {
        string? kind = ReadText(ref reader, "kind", 64);
        if (kind is null) return;
        if (kind.Equals("distribution", StringComparison.OrdinalIgnoreCase)) _kind = Kind.Distribution;
        else if (kind.Equals("gauge", StringComparison.OrdinalIgnoreCase) || kind.Equals("counter", StringComparison.OrdinalIgnoreCase)) _kind = Kind.Float;
        else Report("unknown-kind", $"unknown kind '{kind}'", "kind", fix: "Use gauge, counter or distribution.");
    }

    private void ReadTimestamp(ref Utf8JsonReader reader)
    {
        bool parsed = reader.TokenType switch
        {
            JsonTokenType.Number => TimestampText.TryParseNumber(reader.ValueSpan, out _time),
            JsonTokenType.String => !reader.ValueIsEscaped && TimestampText.TryParseDate(reader.ValueSpan, out _time),
            _ => false,
        };
        if (!parsed)
        {
            Report("bad-timestamp", "the timestamp must be RFC 3339 text such as \"2026-01-31T12:00:00Z\" or Unix time as a number", "timestamp");
            reader.Skip();
        }
        else if (_time < 0)
        {
            Report("timestamp-out-of-range", "the timestamp lies before 1970", "timestamp", ProblemKind.Unprocessable);
        }
        else if (_time > now + (long)options.MaxAhead.TotalMilliseconds)
        {
            string limit = options.MaxAhead.TotalHours.ToString("0.##", CultureInfo.InvariantCulture);
            Report("timestamp-out-of-range", $"the timestamp lies more than {limit} h ahead of this server's clock", "timestamp", ProblemKind.Unprocessable, "Check the sender's clock and the unit of the number.");
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Report("json-wrong-type", $"the metadata must be an object, not {Describe(reader.TokenType)}", "metadata");
            reader.Skip();
            return;
        }
        // A second reader at the same place walks the strings; the first then skips to the end.
        var walk = reader;
        int depth = reader.CurrentDepth;
        bool readable = true;
        while (walk.Read() && !(walk.TokenType == JsonTokenType.EndObject && walk.CurrentDepth == depth))
            if (walk.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && walk.ValueIsEscaped)
                readable &= TryGetString(ref walk) is not null;
        long size = walk.BytesConsumed - reader.TokenStartIndex;
        if (!readable)
        {
            Report("json-lone-surrogate", "the metadata holds half of a surrogate pair", "metadata");
        }
        else if (size > options.MaxMetadataBytes)
        {
            Report("metadata-too-large", $"the metadata has {size} bytes; at most {options.MaxMetadataBytes} are accepted", "metadata", ProblemKind.TooLarge);
        }
        else
        {
            _metadata = Encoding.UTF8.GetString(_body.Slice((int)reader.TokenStartIndex, (int)size));
        }
        reader.Skip();
    }

    private void ReadLabels(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Report("json-wrong-type", $"the labels must be an object of texts, not {Describe(reader.TokenType)}", "labels");
            reader.Skip();
            return;
        }
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            count++;
            string? name = ReadText(ref reader, "labels", options.Series.MaxLabelNameBytes);
            reader.Read();
            // With far too many, reading each would only lengthen the answer.
            if (name is null || count > options.Series.MaxLabels)
            {
                reader.Skip();
                continue;
            }
            string place = $"labels.{Shorten(name)}";
            if (name is Labels.MetricName or "service")
                Report("reserved-label", $"the label is set by {(name == "service" ? "service_name" : "metric_type")}", place);
            if (ReadText(ref reader, place, options.Series.MaxLabelValueBytes, mayBeEmpty: true) is not { } value) continue;
            foreach (var label in _labels)
                if (label.Name == name)
                    Report("json-duplicate-field", "the label stands twice", place);
            _labels.Add(new Label(name, value));
        }
        if (count > options.Series.MaxLabels)
            Report("too-many-labels", $"{count} labels; at most {options.Series.MaxLabels} are accepted", "labels", ProblemKind.TooLarge);
    }

    /// <summary>The text of a string or property name, or null after reporting what is wrong with it.</summary>
    private readonly string? ReadText(ref Utf8JsonReader reader, string place, int maxBytes, bool mayBeEmpty = false)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            Report("json-wrong-type", $"the field must be a text, not {Describe(reader.TokenType)}", place);
            reader.Skip();
            return null;
        }
        // An escape is at most six times as long as what it stands for: beyond that nothing needs to be decoded.
        bool tooLarge = reader.ValueSpan.Length > 6L * maxBytes;
        string? text = tooLarge ? null : TryGetString(ref reader);
        if (text is not null) tooLarge = Encoding.UTF8.GetByteCount(text) > maxBytes;
        if (tooLarge)
        {
            Report("text-too-large", $"the text is longer than the {maxBytes} bytes that are accepted", place, ProblemKind.TooLarge);
            return null;
        }
        if (text is null) Report("json-lone-surrogate", "the text holds half of a surrogate pair", place);
        else if (text.Length == 0 && !mayBeEmpty) Report("empty-text", "the text must not be empty", place);
        return text;
    }

    private static string? TryGetString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // The only way the reader tells of an escaped lone surrogate.
            return null;
        }
    }

    private readonly void Require(Fields field, string name)
    {
        if ((_seen & field) == 0) Report("json-missing-field", "the field is required", name);
    }

    private readonly void Report(string code, string what, string? field, ProblemKind kind = ProblemKind.Invalid, string? fix = null)
    {
        string? place = !write.IsArray ? field : field is null ? $"[{_item}]" : $"[{_item}].{field}";
        write.Report(new Problem(code, what, place, fix) { Kind = kind }, options.MaxProblemsListed);
    }

    private static string NameOf(Fields field) => Array.Find(Known, known => known.Field == field).Name;

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
