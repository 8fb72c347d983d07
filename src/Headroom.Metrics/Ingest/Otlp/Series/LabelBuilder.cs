using System.Text;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Puts a series' labels together from its metric's name, the labels that it shares with others, and its attributes.
/// Attributes whose names become the same label are joined by ";" in the order of their names, as Prometheus does. One
/// that would hide a shared label is called <c>exported_…</c>, as in a Prometheus scrape, so that no two series become one.
/// </summary>
internal sealed class LabelBuilder(SeriesLimits limits)
{
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);

    /// <summary>Builds the labels.</summary>
    public PointFault Build(string metric, IReadOnlyList<Label> shared, List<Attribute> attributes, out Labels labels)
    {
        labels = Labels.Empty;
        _labels.Clear();
        // A stable order, because names may be the same although they should not.
        foreach (var (key, value) in attributes.OrderBy(static a => a.Key, StringComparer.Ordinal))
        {
            string name = LabelNames.Translate(key);
            if (name.Length == 0) return new PointFault("bad-attribute-name", $"the attribute '{Shorten(key)}' has no character that a label's name can have");
            if (name == Labels.MetricName) continue;
            if (IsIn(shared, name)) name = "exported_" + name;
            _labels[name] = _labels.TryGetValue(name, out string? before) ? $"{before};{value}" : value;
        }
        foreach (var (name, value) in shared) _labels[name] = value;
        _labels[Labels.MetricName] = metric;

        if (_labels.Count > limits.MaxLabels) return new PointFault("too-many-labels", $"the series has {_labels.Count} labels; at most {limits.MaxLabels} are accepted");
        var all = new Label[_labels.Count];
        int next = 0;
        foreach (var (name, value) in _labels)
        {
            if (IsLonger(name, limits.MaxLabelNameBytes)) return new PointFault("label-name-too-long", $"the name of the label '{Shorten(name)}' has more than {limits.MaxLabelNameBytes} bytes");
            if (IsLonger(value, limits.MaxLabelValueBytes)) return new PointFault("label-value-too-long", $"the value of the label '{Shorten(name)}' has more than {limits.MaxLabelValueBytes} bytes");
            all[next++] = new Label(name, value);
        }
        labels = Labels.From(all);
        return default;
    }

    /// <summary>
    /// Builds the labels of <c>target_info</c>, which describes and does not identify: what exceeds the limits is left out
    /// instead of refusing the whole.
    /// </summary>
    public Labels BuildDescription(string metric, IReadOnlyList<Label> shared, List<Attribute> attributes)
    {
        attributes.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        attributes.RemoveAll(a => LabelNames.Translate(a.Key).Length == 0 || IsLonger(a.Key, limits.MaxLabelNameBytes / 2) || IsLonger(a.Value, limits.MaxLabelValueBytes / 2));
        int room = Math.Max(0, limits.MaxLabels - shared.Count - 1);
        if (attributes.Count > room) attributes.RemoveRange(room, attributes.Count - room);
        return Build(metric, shared, attributes, out var labels).IsNone ? labels : Labels.Empty;
    }

    private static bool IsIn(IReadOnlyList<Label> labels, string name)
    {
        for (int i = 0; i < labels.Count; i++)
            if (labels[i].Name == name)
                return true;
        return false;
    }

    private static bool IsLonger(string text, int bytes) => text.Length > bytes || (text.Length * 3 > bytes && Encoding.UTF8.GetByteCount(text) > bytes);

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
