using System.Runtime.InteropServices;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Remote write 2.0 (prometheus.io/docs/specs/prw/remote_write_spec_2_0): <c>io.prometheus.write.v2.Request</c>, in which
/// every text stands once in a table and is referred to by number; the empty text is number 0.
/// </summary>
internal sealed class RemoteWriteV2Encoder
{
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string> _symbols = [""];
    private readonly ProtobufWriter _series = new();

    /// <summary>Writes a request.</summary>
    public static void Write(ProtobufWriter into, WriteBatch batch)
    {
        var encoder = new RemoteWriteV2Encoder();
        encoder.Series(batch);
        foreach (string symbol in encoder._symbols) into.Text(4, symbol);
        into.Append(encoder._series.Written);
    }

    private void Series(WriteBatch batch)
    {
        var exemplars = batch.Exemplars.ToLookup(e => e.Series);
        var metadata = new Dictionary<string, MetricMetadata>(StringComparer.Ordinal);
        foreach (var known in batch.Metadata) metadata[known.Metric] = known;
        foreach (var run in batch.BySeries())
        {
            var labels = run.Span[0].Labels;
            int series = _series.Begin(5);
            Refer(1, labels);
            foreach (var sample in run.Span)
            {
                int message = _series.Begin(sample.Histogram is null ? 2 : 3);
                if (sample.Histogram is { } histogram) HistogramMessage.Write(_series, histogram, sample.Time);
                else
                {
                    _series.Double(1, sample.Value);
                    _series.Varint(2, (ulong)sample.Time);
                }
                _series.End(message);
            }
            foreach (var exemplar in exemplars[labels])
            {
                int message = _series.Begin(4);
                Refer(1, exemplar.Labels);
                _series.Double(2, exemplar.Value);
                _series.Varint(3, (ulong)exemplar.Time);
                _series.End(message);
            }
            if (metadata.TryGetValue(labels.Name, out var about))
            {
                int message = _series.Begin(5);
                _series.Varint(1, RemoteWriteEncoder.TypeOf(about));
                _series.Varint(3, NumberOf(about.Help));
                _series.Varint(4, NumberOf(about.Unit));
                _series.End(message);
            }
            _series.End(series);
        }
    }

    private void Refer(int field, Labels labels)
    {
        int packed = _series.Begin(field);
        foreach (var (name, value) in labels)
        {
            _series.Raw(NumberOf(name));
            _series.Raw(NumberOf(value));
        }
        _series.End(packed);
    }

    private uint NumberOf(string text)
    {
        ref uint number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, text, out bool exists);
        if (!exists)
        {
            number = (uint)_symbols.Count;
            _symbols.Add(text);
        }
        return number;
    }
}
