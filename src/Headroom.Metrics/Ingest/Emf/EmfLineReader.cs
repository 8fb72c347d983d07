using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Headroom.Metrics.Ingest.CloudWatch;

namespace Headroom.Metrics.Ingest.Emf;

/// <summary>
/// Turns lines into observations of a batch (Amazon CloudWatch User Guide, "Specification: Embedded metric format", with its
/// bounds).
/// </summary>
internal sealed class EmfLineReader(EmfImportOptions options, ImportBatch batch)
{
    private const int MaxDirectives = 100;
    private const int MaxMetrics = 100;
    private const int MaxValues = 100;
    private const int MaxDimensions = 30;
    private const int MaxDimensionNameLength = 250;
    private const int MaxNameLength = 1024;
    private const int MaxDescribed = 10_000;
    private const string ServiceName = "service_name";

    private static readonly double Largest = Math.Pow(2, 360);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    private readonly HashSet<Labels> _series = [];
    private readonly HashSet<string> _described = [];
    private readonly Queue<(Labels Series, long Time, double Value, long Line)> _waiting = [];
    private readonly List<Label> _labels = [];
    private byte[] _copy = new byte[4096];
    private long _line;
    private bool _insideTooLong;

    /// <summary>Different series of which a value was kept.</summary>
    public long SeriesCount => _series.Count;

    /// <summary>Whether values of the last line wait for room in the batch.</summary>
    public bool HasMore => _waiting.Count > 0;

    /// <summary>Passes over a part, without a line end, of a line longer than the limit.</summary>
    public void ReadPartOfTooLong()
    {
        if (!_insideTooLong) batch.Reject(++_line, 0, "line-too-long", $"the line is longer than {options.MaxLineBytes} bytes");
        _insideTooLong = true;
    }

    /// <summary>Adds what waits, as far as there is room.</summary>
    public void Continue()
    {
        while (!batch.IsFull && _waiting.TryDequeue(out var next)) Add(next);
    }

    /// <summary>Reads one line, without its line feed.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        if (_insideTooLong)
        {
            _insideTooLong = false;
            return;
        }
        _line++;
        if (line.Length > options.MaxLineBytes)
        {
            batch.Reject(_line, 0, "line-too-long", $"the line is longer than {options.MaxLineBytes} bytes");
            return;
        }
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty) return;
        if (!Utf8.IsValid(line))
        {
            batch.Reject(_line, 0, "not-utf8", "the line is not UTF-8");
            return;
        }
        if (_copy.Length < line.Length) _copy = new byte[Math.Max(line.Length, _copy.Length * 2)];
        line.CopyTo(_copy);
        try
        {
            using var document = JsonDocument.Parse(_copy.AsMemory(0, line.Length), Strict);
            ReadRoot(document.RootElement);
        }
        catch (JsonException error)
        {
            batch.Reject(_line, (int)(error.BytePositionInLine ?? 0) + 1, "bad-json", "the line is not a JSON document");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped: JSON, but no text.
            batch.Reject(_line, 0, "not-utf8", "a text in the line is not Unicode");
        }
        Continue();
    }

    private void ReadRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("_aws", out var aws) || aws.ValueKind != JsonValueKind.Object)
        {
            batch.Reject(_line, 0, "not-emf", "the line has no object _aws, so it is not embedded metric format");
            return;
        }
        if (!aws.TryGetProperty("Timestamp", out var stamp) || stamp.ValueKind != JsonValueKind.Number || !stamp.TryGetInt64(out long time))
        {
            batch.Reject(_line, 0, "bad-timestamp", "_aws.Timestamp is not a whole number of milliseconds");
            return;
        }
        if (!aws.TryGetProperty("CloudWatchMetrics", out var directives) || directives.ValueKind != JsonValueKind.Array || directives.GetArrayLength() > MaxDirectives)
        {
            batch.Reject(_line, 0, "bad-directive", $"_aws.CloudWatchMetrics is not an array of at most {MaxDirectives} directives");
            return;
        }
        foreach (var directive in directives.EnumerateArray()) ReadDirective(root, directive, time);
    }

    private void ReadDirective(JsonElement root, JsonElement directive, long time)
    {
        if (TextOf(directive, "Namespace", MaxNameLength) is not { } space)
            batch.Reject(_line, 0, "bad-namespace", $"Namespace is not a text of 1 to {MaxNameLength} characters");
        else if (!directive.TryGetProperty("Metrics", out var metrics) || metrics.ValueKind != JsonValueKind.Array || metrics.GetArrayLength() is 0 or > MaxMetrics)
            batch.Reject(_line, 0, "bad-metrics", $"Metrics is not an array of 1 to {MaxMetrics} definitions");
        else if (!directive.TryGetProperty("Dimensions", out var sets) || sets.ValueKind != JsonValueKind.Array || sets.GetArrayLength() is 0 or > MaxMetrics)
            batch.Reject(_line, 0, "bad-dimensions", "Dimensions is not an array of sets; a metric without dimensions has one empty set: [[]]");
        else
            foreach (var set in sets.EnumerateArray())
                if (TryReadDimensions(root, set, space))
                    foreach (var metric in metrics.EnumerateArray())
                        ReadMetric(root, metric, space, time);
    }

    /// <summary>Reads a set of dimensions with their values into <c>_labels</c>.</summary>
    private bool TryReadDimensions(JsonElement root, JsonElement set, string space)
    {
        _labels.Clear();
        if (set.ValueKind != JsonValueKind.Array || set.GetArrayLength() > MaxDimensions)
            return RejectDimension($"a set of dimensions is not an array of at most {MaxDimensions} names");
        foreach (var item in set.EnumerateArray())
        {
            string? name = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (string.IsNullOrEmpty(name) || name.Length > MaxDimensionNameLength)
                return RejectDimension($"a dimension's name is not a text of 1 to {MaxDimensionNameLength} characters");
            if (TextOf(root, name, MaxNameLength) is not { } value)
                return RejectDimension($"the dimension '{Shown(name)}' has no text of 1 to {MaxNameLength} characters at the root of the document");
            string label = CloudWatchNames.Label(name);
            if (_labels.Exists(other => other.Name == label)) return RejectDimension($"the dimension '{Shown(name)}' stands twice in a set");
            _labels.Add(new Label(label, value));
        }
        int service = _labels.FindIndex(static label => label.Name == ServiceName);
        ServiceLabel.Ensure(_labels, service >= 0 ? _labels[service].Value : space);
        foreach (var label in options.DefaultLabels)
            if (!_labels.Exists(other => other.Name == label.Name))
                _labels.Add(label);
        return true;
    }

    private void ReadMetric(JsonElement root, JsonElement metric, string space, long time)
    {
        if (TextOf(metric, "Name", MaxNameLength) is not { } name)
        {
            batch.Reject(_line, 0, "bad-metric", $"a metric's Name is not a text of 1 to {MaxNameLength} characters");
            return;
        }
        if (!root.TryGetProperty(name, out var values))
        {
            batch.Reject(_line, 0, "no-value", $"the metric '{Shown(name)}' has no value at the root of the document");
            return;
        }
        string series = CloudWatchNames.Metric(space, name);
        var labels = new List<Label>(_labels.Count + 1) { new(Labels.MetricName, series) };
        labels.AddRange(_labels);
        var made = Labels.From(CollectionsMarshal.AsSpan(labels));
        if (!_series.Contains(made) && _series.Count >= options.MaxSeries)
        {
            batch.Reject(_line, 0, "too-many-series", $"more than {options.MaxSeries} different series");
            return;
        }
        bool isArray = values.ValueKind == JsonValueKind.Array;
        if (isArray && values.GetArrayLength() > MaxValues)
        {
            batch.Reject(_line, 0, "too-many-values", $"the metric '{Shown(name)}' has more than {MaxValues} values");
            return;
        }
        if (isArray)
            foreach (var value in values.EnumerateArray())
                ReadValue(made, name, value, time);
        else
            ReadValue(made, name, values, time);
        Describe(series, TextOf(metric, "Unit", 100) ?? "");
    }

    private void ReadValue(Labels series, string name, JsonElement value, long time)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && Math.Abs(number) <= Largest)
            _waiting.Enqueue((series, time, number, _line));
        else
            batch.Reject(_line, 0, "bad-value", $"a value of the metric '{Shown(name)}' is not a number from -2^360 to 2^360");
    }

    private void Add((Labels Series, long Time, double Value, long Line) next)
    {
        if (batch.AddObservation(next.Series, next.Time, next.Value, next.Line)) _series.Add(next.Series);
    }

    private void Describe(string series, string unit)
    {
        if (_described.Count < MaxDescribed && _described.Add(series + "\n" + unit)) batch.Describe(new MetricMetadata(series, "histogram", unit, ""));
    }

    private bool RejectDimension(string reason)
    {
        batch.Reject(_line, 0, "bad-dimensions", reason);
        return false;
    }

    private static string? TextOf(JsonElement element, string name, int longest) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } value && value.Length <= longest
            ? value
            : null;

    private static string Shown(string name) => name.Length <= 60 ? name : name[..60] + "…";
}
