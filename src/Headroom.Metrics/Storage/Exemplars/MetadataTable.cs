namespace Headroom.Metrics.Storage;

/// <summary>
/// What is known about metrics, by name; the last word counts. Beyond the bound nothing is learnt about further metrics:
/// those already known stay true. Guarded by its owner.
/// </summary>
internal sealed class MetadataTable(int capacity)
{
    /// <summary>Longest help text kept, in characters; a longer one is cut.</summary>
    private const int MaxHelp = 4096;

    private const int MaxName = 1024;
    private readonly Dictionary<string, MetricMetadata> _byName = new(StringComparer.Ordinal);

    public int Count => _byName.Count;

    /// <summary>What is known about a metric; null when nothing is.</summary>
    public MetricMetadata? Find(string metric) => _byName.GetValueOrDefault(metric);

    /// <summary>Learns about a metric; null when that is nothing new, or cannot be kept, else what is kept.</summary>
    public MetricMetadata? Learn(MetricMetadata said)
    {
        if (_byName.TryGetValue(said.Metric, out var known) && known == said) return null;
        if (said.Metric.Length is 0 or > MaxName || said.Type.Length > MaxName || said.Unit.Length > MaxName) return null;
        if (known is null && _byName.Count >= capacity) return null;
        if (said.Help.Length > MaxHelp) said = said with { Help = Cut(said.Help) };
        if (known == said) return null;
        if (!UnicodeText.IsWellFormed(said.Metric) || !UnicodeText.IsWellFormed(said.Type) || !UnicodeText.IsWellFormed(said.Unit) || !UnicodeText.IsWellFormed(said.Help)) return null;
        return _byName[said.Metric] = said;
    }

    /// <summary>All metrics or one of them, by name.</summary>
    public IReadOnlyList<MetricMetadata> Read(string? metric, int limit)
    {
        if (metric is not null) return _byName.TryGetValue(metric, out var one) && limit > 0 ? [one] : [];
        return [.. _byName.Values.OrderBy(known => known.Metric, StringComparer.Ordinal).Take(limit)];
    }

    /// <summary>All metrics, in no particular order.</summary>
    public MetricMetadata[] Snapshot() => [.. _byName.Values];

    // Not between the halves of a surrogate pair.
    private static string Cut(string help) => help[..(char.IsHighSurrogate(help[MaxHelp - 1]) ? MaxHelp - 1 : MaxHelp)];
}
