using Headroom.Metrics;

namespace Headroom.Reports.Wording;

/// <summary>Names series by what tells them apart, so that a legend says <c>search</c> and not every label they share.</summary>
internal static class SeriesNames
{
    private const int Longest = 80;

    /// <summary>A name for each label set; a single one without labels gets the empty name.</summary>
    public static IReadOnlyList<string> For(IReadOnlyList<Labels> series)
    {
        if (series.Count == 0) return [];
        var differing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var labels in series)
            foreach (var label in labels)
                if (series.Any(other => other[label.Name] != label.Value))
                    differing.Add(label.Name);
        // Alone, or all alike: then nothing tells them apart, and all labels are the best there is.
        if (differing.Count == 0) return [.. series.Select(Full)];
        return [.. series.Select(labels => Name(labels, differing))];
    }

    /// <summary>All labels but the metric's name: <c>api</c> for one, else <c>code=500, service=api</c>; the metric's name when there is nothing else.</summary>
    public static string Full(Labels labels)
    {
        var others = new SortedSet<string>(labels.Select(l => l.Name).Where(name => name != Labels.MetricName), StringComparer.Ordinal);
        return others.Count == 0 ? Clean(labels.Name) : Name(labels, others);
    }

    private static string Name(Labels labels, SortedSet<string> names)
    {
        if (names.Count == 1) return Clean(labels[names.Min!] is { Length: > 0 } value ? value : $"no {names.Min}");
        return Clean(string.Join(", ", names.Where(name => labels[name].Length > 0).Select(name => name == Labels.MetricName ? labels[name] : $"{name}={labels[name]}")));
    }

    private static string Clean(string name) => PlainText.Shorten(PlainText.OneLine(name), Longest);
}
