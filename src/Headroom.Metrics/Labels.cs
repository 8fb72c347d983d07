using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Headroom.Metrics;

/// <summary>
/// The identity of a series: labels sorted by name (ordinal), without duplicates and without empty values (an empty
/// value is the same as an absent label). Immutable; equality and hash cover every name and value.
/// </summary>
public sealed class Labels : IEquatable<Labels>, IReadOnlyList<Label>, IComparable<Labels>
{
    /// <summary>The label that holds the metric's name.</summary>
    public const string MetricName = "__name__";

    /// <summary>No labels at all.</summary>
    public static readonly Labels Empty = new([]);

    private readonly Label[] _labels;
    private readonly int _hash;

    private Labels(Label[] sorted)
    {
        _labels = sorted;
        var hash = new HashCode();
        foreach (var (name, value) in sorted)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }
        _hash = hash.ToHashCode();
    }

    /// <summary>Number of labels, the metric name included.</summary>
    public int Count => _labels.Length;

    /// <summary>The label at a position in name order.</summary>
    public Label this[int index] => _labels[index];

    /// <summary>The metric's name, or the empty string when the series has none.</summary>
    public string Name => this[MetricName];

    /// <summary>The value of a label, or the empty string when it is absent.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var label in _labels)
                if (string.Equals(label.Name, name, StringComparison.Ordinal))
                    return label.Value;
            return "";
        }
    }

    /// <summary>
    /// Builds labels from pairs in any order. Empty values are dropped.
    /// </summary>
    /// <exception cref="ArgumentException">A name stands twice.</exception>
    public static Labels From(params ReadOnlySpan<Label> labels)
    {
        var sorted = new List<Label>(labels.Length);
        foreach (var label in labels)
            if (label.Value.Length > 0)
                sorted.Add(label);
        if (sorted.Count == 0) return Empty;
        CollectionsMarshal.AsSpan(sorted).Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        for (int i = 1; i < sorted.Count; i++)
            if (string.Equals(sorted[i].Name, sorted[i - 1].Name, StringComparison.Ordinal))
                throw new ArgumentException($"label '{sorted[i].Name}' stands twice", nameof(labels));
        var all = new Label[sorted.Count];
        for (int i = 0; i < all.Length; i++) all[i] = new Label(SharedTexts.Of(sorted[i].Name), SharedTexts.Of(sorted[i].Value));
        return new Labels(all);
    }

    /// <summary>Labels of a metric: its name and further pairs.</summary>
    public static Labels Of(string metric, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var all = new Label[labels.Length + 1];
        all[0] = new Label(MetricName, metric);
        for (int i = 0; i < labels.Length; i++) all[i + 1] = new Label(labels[i].Name, labels[i].Value);
        return From(all);
    }

    /// <summary>The same labels with one set, replaced, or (for an empty value) removed.</summary>
    public Labels With(string name, string value)
    {
        var next = new List<Label>(_labels.Length + 1);
        foreach (var label in _labels)
            if (!string.Equals(label.Name, name, StringComparison.Ordinal))
                next.Add(label);
        next.Add(new Label(name, value));
        return From(CollectionsMarshal.AsSpan(next));
    }

    /// <summary>The same labels without those for which <paramref name="drop"/> holds.</summary>
    public Labels Without(Func<string, bool> drop)
    {
        var kept = Array.FindAll(_labels, label => !drop(label.Name));
        return kept.Length == _labels.Length ? this : kept.Length == 0 ? Empty : new Labels(kept);
    }

    /// <summary>The labels in name order, without copying.</summary>
    public ReadOnlySpan<Label> AsSpan() => _labels;

    /// <inheritdoc/>
    public bool Equals(Labels? other) =>
        other is not null && (ReferenceEquals(this, other) || (_hash == other._hash && _labels.AsSpan().SequenceEqual(other._labels)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Orders by name and value, label by label, ordinal; a prefix comes first.</summary>
    public int CompareTo(Labels? other)
    {
        if (other is null) return 1;
        int shared = Math.Min(Count, other.Count);
        for (int i = 0; i < shared; i++)
        {
            int byName = string.CompareOrdinal(_labels[i].Name, other._labels[i].Name);
            if (byName != 0) return byName;
            int byValue = string.CompareOrdinal(_labels[i].Value, other._labels[i].Value);
            if (byValue != 0) return byValue;
        }
        return Count.CompareTo(other.Count);
    }

    /// <inheritdoc/>
    public IEnumerator<Label> GetEnumerator() => ((IEnumerable<Label>)_labels).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _labels.GetEnumerator();

    /// <summary>The series as PromQL writes it, for example <c>up{service="api"}</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name);
        bool first = true;
        foreach (var (name, value) in _labels)
        {
            if (name == MetricName) continue;
            text.Append(first ? '{' : ',').Append(name).Append("=\"").Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
            first = false;
        }
        return first ? (text.Length == 0 ? "{}" : text.ToString()) : text.Append('}').ToString();
    }
}
