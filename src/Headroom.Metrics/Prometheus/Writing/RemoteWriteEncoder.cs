namespace Headroom.Metrics.Prometheus;

/// <summary>Remote write 1.0 (prometheus.io/docs/specs/prw/remote_write_spec): <c>prometheus.WriteRequest</c>.</summary>
internal static class RemoteWriteEncoder
{
    /// <summary>Writes a request.</summary>
    public static void Write(ProtobufWriter into, WriteBatch batch)
    {
        var exemplars = batch.Exemplars.ToLookup(e => e.Series);
        foreach (var run in batch.BySeries())
        {
            var labels = run.Span[0].Labels;
            int series = into.Begin(1);
            Write(into, labels);
            foreach (var sample in run.Span)
            {
                if (sample.Histogram is not null) continue;
                int message = into.Begin(2);
                into.Double(1, sample.Value);
                into.Varint(2, (ulong)sample.Time);
                into.End(message);
            }
            foreach (var exemplar in exemplars[labels])
            {
                int message = into.Begin(3);
                Write(into, exemplar.Labels);
                into.Double(2, exemplar.Value);
                into.Varint(3, (ulong)exemplar.Time);
                into.End(message);
            }
            foreach (var sample in run.Span)
            {
                if (sample.Histogram is null) continue;
                int message = into.Begin(4);
                HistogramMessage.Write(into, sample.Histogram, sample.Time);
                into.End(message);
            }
            into.End(series);
        }
        foreach (var metadata in batch.Metadata)
        {
            int message = into.Begin(3);
            into.Varint(1, TypeOf(metadata));
            into.Text(2, metadata.Metric);
            into.Text(4, metadata.Help);
            into.Text(5, metadata.Unit);
            into.End(message);
        }
    }

    /// <summary>The number both versions give a metric's type.</summary>
    public static ulong TypeOf(MetricMetadata metadata) => metadata.Type switch
    {
        "counter" => 1,
        "gauge" => 2,
        "histogram" => 3,
        "gaugehistogram" => 4,
        "summary" => 5,
        "info" => 6,
        "stateset" => 7,
        _ => 0,
    };

    private static void Write(ProtobufWriter into, Labels labels)
    {
        foreach (var (name, value) in labels)
        {
            int label = into.Begin(1);
            into.Text(1, name);
            into.Text(2, value);
            into.End(label);
        }
    }
}
