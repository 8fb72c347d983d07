using System.Runtime.InteropServices;

namespace Headroom.Metrics.Storage;

/// <summary>The inverted index of the series in the head. Guarded by its owner.</summary>
internal sealed class HeadIndex : ILabelIndex
{
    private readonly Dictionary<string, Dictionary<string, List<int>>> _names = new(StringComparer.Ordinal);
    private readonly List<HeadSeries> _series = [];

    public int SeriesCount => _series.Count;

    public IEnumerable<string> Names => _names.Keys;

    public HeadSeries this[int series] => _series[series];

    public void Add(HeadSeries series)
    {
        foreach (var (name, value) in series.Labels.AsSpan())
        {
            if (!_names.TryGetValue(name, out var values)) _names[name] = values = new(StringComparer.Ordinal);
            if (!values.TryGetValue(value, out var postings)) values[value] = postings = [];
            postings.Add(_series.Count);
        }
        _series.Add(series);
    }

    public int ValueCount(string name) => _names.TryGetValue(name, out var values) ? values.Count : 0;

    public IEnumerable<string> Values(string name) => _names.TryGetValue(name, out var values) ? values.Keys : [];

    public ReadOnlySpan<int> Postings(string name, string value) =>
        _names.TryGetValue(name, out var values) && values.TryGetValue(value, out var postings) ? CollectionsMarshal.AsSpan(postings) : [];

    public string ValueOf(int series, string name) => _series[series].Labels[name];
}
